"""The value next to the name of a secret, in the spellings of shells, SQL, JSON, HTTP and code.

`password='x'`, `"password": 12`, `:password=>"x"`, `X-Api-Key: x`, `--token x`, the same
percent-encoded or escaped within a string. A name is followed by what closes its own quote, an
operator, and the value; only the value goes. A value without quotes after a colon may be prose
(`password: must not be empty`): it goes if it looks like a value (`values`). Secrets that no
sign joins to their name are found by `unsigned`. Called by `redaction`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from urllib.parse import unquote_to_bytes

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import foreign, values
from vedette.pipeline.scrub.commands import in_text
from vedette.pipeline.scrub.unsigned import unsigned

Span = tuple[int, int]
Found = tuple[bytes, int, int]
Spend = Callable[[], None]

_QUOTE = r"""(?:\\*["'`]|%(?:25)*2[27]|&quot;|&#3[49];|“|”|‘|’)"""
_BLANK = r"(?:[ \t]|%20)"
_WORD = r"[A-Za-z0-9_$-]"
_NAME = rf"{_WORD}+(?:\.{_WORD}+)*"
_BRACKETS = rf"((?:\[[\"']?{_WORD}*[\"']?\]|%(?:25)*5[Bb]{_WORD}*%(?:25)*5[Dd])*)"
_OPERATOR = r"=>|->|~>|[:?]=|={1,3}|:|：|＝|%(?:25)*3[DdAa]"
# `name=`, `user[name]=`, `"name": `, `[name] => `, `--name `
_PLACES = re2.compile(
    rf"({_NAME}){_BRACKETS}({_QUOTE}?\]?){_BLANK}*({_OPERATOR}){_BLANK}*"
    rf"|(?:^|[\s\"'\[(,])--?({_NAME})[ \t]+".encode()
)
_ENCODED_LETTER = re.compile(rb"%(?:25)*(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa])")
_ENCODED = re.compile(rb"(?:^|[?&;#\s\"'])([\w.%-]{3,128})=([^\s&;#\"'<>]{1,4096})")
# `contraseña: "x"`, `пароль=x`, `密码：x`
_ABROAD = re2.compile(
    rf"(?i){foreign.IN_TEXT}(?:[_-]?[a-z0-9]{{1,16}})?"
    rf"(\\*[\"'`]|”|»|\])?{_BLANK}{{0,4}}(=>|:=|=|:|：|＝){_BLANK}{{0,4}}".encode()
)
_READ = re.compile(rb"(?i)(?:unexpected|expected|illegal|unknown|next)\s\Z")
_INNER = re.compile(rb"[A-Za-z0-9_$-]+")
_SIGN_AFTER = re.compile(rb"[\"'\]]{0,3}\s{0,4}(?:=>|:=|=|:)\s{0,4}")


def assigned(
    text: bytes, is_secret: Callable[[bytes], bool], spend: Spend, own: re2._Regexp | None = None
) -> Iterator[Found]:
    """Each name of a secret in the text, and where its value begins and ends; may overlap.

    `is_secret` says whether a name is one; `own` finds the project's own names.
    """
    done = 0
    for match in _PLACES.finditer(text):
        spend()
        if match.start() < done:
            continue
        name = _secret_name(match, is_secret)
        if name is None:
            continue
        for start, end in _spans(text, match, name):
            if start < end:
                done = end
                yield name, start, end
    yield from _encoded(text, is_secret, spend)
    if own is not None:
        yield from _owned(text, own, spend)
    yield from unsigned(text, is_secret, spend)
    for start, end in chain(in_text(text, spend), _abroad(text, spend)):
        yield b"password", start, end


def _secret_name(match: re.Match[bytes], is_secret: Callable[[bytes], bool]) -> bytes | None:
    """The name, or the innermost one in its brackets, if it is one of a secret."""
    name: bytes = match[1] or match[5]
    inner = _INNER.findall(match[2]) if match[2] else []
    for one in (*reversed(inner), name):
        plain: bytes = one.removeprefix(b"5B").removeprefix(b"5b") if inner else one
        if is_secret(plain) and not values.is_about(plain):
            return None if _of_grammar(match, plain) else plain
    return None


def _of_grammar(match: re.Match[bytes], name: bytes) -> bool:
    """Whether a parser speaks of what it read: `Unexpected token: 'export'`."""
    start = match.start(1)
    before: bytes = match.string[max(0, start - 12) : start]
    return name.lower() == b"token" and _READ.search(before) is not None


def _spans(text: bytes, match: re.Match[bytes], name: bytes) -> Iterator[Span]:
    place = match.end()
    if match[5]:
        span = values.option(text, place)
    else:
        tight = match[4] in (b"=", b"%3D", b"%3d", b"%253D") and match.end(4) == place
        listed = values.listed(text, place, name) if match[4] not in (b"==", b"===") else None
        if listed is not None:
            yield from listed
            return
        span = values.value(
            text, place, name, is_tight=tight, is_quoted=bool(match[3]), sign=match[4]
        )
    if span is not None:
        yield span


def _encoded(text: bytes, is_secret: Callable[[bytes], bool], spend: Spend) -> Iterator[Found]:
    """Values in a query whose names hide behind percent-encoded letters: `%70assword=x`."""
    if not _ENCODED_LETTER.search(text):
        return
    for match in _ENCODED.finditer(text):
        spend()
        name = unquote_to_bytes(match[1])
        if is_secret(name) and not values.is_about(name):
            yield name, *match.span(2)


def _abroad(text: bytes, spend: Spend) -> Iterator[Span]:
    """Values after the word for password in another language, which `_PLACES` cannot read."""
    for match in _ABROAD.finditer(text):
        spend()
        span = values.value(
            text,
            match.end(),
            b"password",
            is_tight=match[2] == b"=" and match.end(2) == match.end(),
            is_quoted=match[1] is not None,
            sign=match[2],
        )
        if span is not None and span[0] < span[1]:
            yield span


def _owned(text: bytes, own: re2._Regexp, spend: Spend) -> Iterator[Found]:
    """Values after a project's own names, which may hold blanks and any letters."""
    for match in own.finditer(text):
        spend()
        sign = _SIGN_AFTER.match(text, match.end())
        span = values.plain(text, sign.end()) if sign else None
        if span is not None and span[0] < span[1]:
            yield match[0], *span
