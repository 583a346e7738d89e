"""The value next to the name of a secret, in the spellings of shells, SQL, JSON, HTTP and code.

`password='x'`, `"password": 12`, `:password=>"x"`, `X-Api-Key: x`, `--token x`, the same
percent-encoded or escaped within a string. A name is followed by what closes its own quote, an
operator, and the value; only the value goes. A value without quotes after a colon may be prose
(`password: must not be empty`): it goes if it looks like a value. Called by `redaction`.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub.words import counts_tokens, is_safe_value

Span = tuple[int, int]
Spend = Callable[[], None]

_QUOTE = r"""(?:\\*["'`]|%22|%27|&quot;|&#3[49];)"""
_BLANK = r"(?:[ \t]|%20)"
_WORD = r"[A-Za-z0-9_$-]"
_NAME = rf"{_WORD}+(?:\.{_WORD}+)*"
_BRACKETS = rf"(?:\[{_WORD}*\]|%5[Bb]{_WORD}*%5[Dd])*"
_OPERATOR = r"=>|:=|={1,3}|:|%3[Dd]|%3[Aa]"
# `name=`, `"name": `, `[name] => `, `<name>`, `--name `
_PLACES = re2.compile(
    rf"({_NAME}){_BRACKETS}({_QUOTE}?\]?){_BLANK}*({_OPERATOR}){_BLANK}*"
    rf"|<({_NAME})>"
    rf"|(?:^|[\s\"'\[(,])--?({_NAME})[ \t]+".encode()
)
_SAID = re.compile(
    rb"(?i)\b(?:passw(?:or)?d|passphrase|identified\s+by(?:\s+password)?)\s+"
    rb"(?:(?:is|was):?\s+)?[NE]?(['\"])"
)
_INSERT = re.compile(rb"(?i)\binsert\s+into\s+[^\s(]{1,200}\s*\(([^()]{1,4096})\)\s*values\s*\(")
_SQL_VALUE = re.compile(rb"\s*+(?:[NE]?'((?:[^'\\]|\\.|'')*+)'|[^,()']++(?:\([^()]*+\))?)\s*+(,?)")
_BASIC = re.compile(rb"(?i)\bbasic\s+([a-z0-9+/]{8,1024}={0,2})(?![a-z0-9+/=\"])")
_CURL = re2.compile(rb"(?:^|\s)(?:-u|--user|--proxy-user)(?:\s+|=)[\"']?[^\s:\"'=]+:([^\s\"']+)")
# One of the four may match: one look instead of many.
_MAY_BE_SAID = re2.compile(
    rb"(?i)(?:passw(?:or)?d|passphrase|identified\s+by)\s+(?:is|was|password|[NE]?['\"])"
    rb"|insert\s+into|-u(?:ser)?[ =]|basic\s"
)
_OPENING = re.compile(
    rb"""\s*+(?:(?:Optional|Some|Just)\(|string\([0-9]+\)[ ]|[bBuUrRfFNE](?=["']))*+"""
    rb"""(\\*+["'`]|%22|%27|&quot;|&\#3[49];)""",
    re.VERBOSE,
)
_BARE = re.compile(
    rb"(?:[^\s&;,\"'<>(){}\[\]|`%\\]|%(?!2[0267CcFf]|3[Bb]|7[Dd]|5[Dd])|\\(?![nrtu\"'\\])){1,16384}+"
)
_SCHEME = re.compile(rb"(?i)(?:basic|token|apikey|api-key|negotiate|ntlm)\s++(?=\S)")
_LONG_SCHEME = re.compile(rb"(?i)(?:digest|signature|hawk|aws4-hmac-sha256)\s++(?=[A-Za-z]+=)")
_PARAMETER = re.compile(rb"[A-Za-z]++=.*+")
_BEARER = re.compile(rb"(?i)bearer\s")
_LINE = re.compile(rb"[^\r\n]{1,2048}+")
_ELEMENT = re.compile(rb"([^<>]++)</")
_ENDS = re.compile(rb"\s*+(?:\Z|[\r\n,;})\]&\"'`|]|%2|\\[nrt\"]|--?\w|[\w$.-]++\s*+[=:])")
_CALL = re.compile(rb"\(|\[\w*[\"'\]]|::")
_MASK = re.compile(rb"[xX]{3,}+|(?:[*.#?-]|\xe2\x80[\xa2\xa6]|\xe2\x97\x8f|\xc2\xb7)++")
_VARIABLE_SIGNS = b"%?{:*<"
_SIGNS = tuple(bytes([sign]) for sign in _VARIABLE_SIGNS) + (b"",)
_VARIABLE = re.compile(rb"\$(?:[A-Za-z_]\w*+|[0-9]++)?\Z|\$[({]")
_WORDS = re.compile(rb"[A-Za-z]++(?:[-_'][A-Za-z]++)*+")
_DOTTED = re.compile(rb"[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)++")
_PROSE = re.compile(
    rb"(?i)(?:\A|\s)(?:is|are|was|be|been|must|may|not|no|required?|field|the|this|that|at|least"
    rb"|should|cannot|can't|doesn't|isn't|does|do|did|has|have|invalid|missing|expired|incorrect"
    rb"|wrong|and|or|with|for|from|to|of|your?|please|too|short|long|characters?)(?:\s|[.,;:!?]|\Z)"
)
# What a sentence says of a secret, instead of the secret.
_STATES = frozenset(
    b"none nil undefined empty blank missing required optional invalid expired incorrect wrong"
    b" denied failed failure error ok okay success succeeded valid unknown unauthorized forbidden"
    b" rejected revoked disabled enabled off on yes no set unset given provided mismatch string"
    b" str text bytes number int integer bool boolean object any char varchar redacted filtered"
    b" hidden masked removed password token n/a nan unsupported malformed present absent changed"
    b" updated deleted created refreshed weak strong basic bearer digest pending timeout"
    b" unavailable locked used".split()
)
_NOUN = re.compile(
    rb"(?i)(?:passw(?:or)?d|pwd|passphrase|pass_?code|secret|credentials?|token|otp|jwt|bearer"
    rb"|authorization|auth|(?:api|access|private|secret|auth|session|signing|encryption)"
    rb"[-_]?key)s?[0-9]*\Z"
)
_STRONG = re.compile(rb"(?i)passw|passphrase|pwd\Z|secret|key\Z|[-_]token\Z")
_SHORT = 4
_MOST_BYTES = 16384
_LOOSE_BYTES = 512
_BACKSLASH = ord("\\")


def assigned(
    text: bytes, is_secret: Callable[[bytes], bool], spend: Spend
) -> Iterator[tuple[bytes, int, int]]:
    """Each name of a secret in the text, and where its value begins and ends; may overlap.

    `is_secret` says whether a name is one.
    """
    done = 0
    for match in _PLACES.finditer(text):
        spend()
        name = match[1] or match[4] or match[5]
        if match.start() >= done and (is_secret(name) or name.lower() == b"pwd"):
            span = _span(text, match, name)
            if span is not None and span[0] < span[1]:
                done = span[1]
                yield name, *span
    if _MAY_BE_SAID.search(text):
        yield from _said(text, is_secret, spend)


def _said(
    text: bytes, is_secret: Callable[[bytes], bool], spend: Spend
) -> Iterator[tuple[bytes, int, int]]:
    """Secrets that no sign joins to their name: in SQL, sentences, options of curl, HTTP."""
    for match in _SAID.finditer(text):
        spend()
        span = _quoted(text, match.start(1), match[1])
        if not _says_nothing(text[slice(*span)]):
            yield b"password", *span
    for match in _INSERT.finditer(text):
        yield from _inserted(text, match, is_secret, spend)
    for pattern in (_CURL, _BASIC):
        for match in pattern.finditer(text):
            spend()
            if not _says_nothing(match[1]) and (pattern is _CURL or _is_basic(match[1])):
                yield b"password", *match.span(1)


def _inserted(
    text: bytes, match: re.Match[bytes], is_secret: Callable[[bytes], bool], spend: Spend
) -> Iterator[tuple[bytes, int, int]]:
    """The quoted values of secret columns in the first row of an INSERT."""
    place = match.end()
    for column in match[1].split(b","):
        spend()
        value = _SQL_VALUE.match(text, place)
        if value is None:
            return
        name = column.strip(b' \t\r\n"`[]')
        if value[1] and is_secret(name) and not _says_nothing(value[1]):
            yield name, *value.span(1)
        if not value[2]:
            return
        place = value.end()


def _span(text: bytes, match: re.Match[bytes], name: bytes) -> Span | None:
    place = match.end()
    if match[4]:
        found = _ELEMENT.match(text, place)
        return found.span(1) if found and not _says_nothing(found[1].strip()) else None
    opening = _OPENING.match(text, place)
    if opening is not None:
        span = _quoted(text, opening.start(1), opening[1])
        value = text[slice(*span)]
        is_prose = value.count(b" ") > 1 and _PROSE.search(value) is not None
        is_mode = name.lower() == b"credentials" and value in (b"include", b"omit", b"same-origin")
        return None if is_prose or is_mode or _says_nothing(value) else span
    if match[5]:
        return _option(text, place)
    if b"auth" in name.lower() and (credential := _credential(text, place)) is not None:
        return credential
    is_tight = match[3] in (b"=", b"%3D", b"%3d") and match.end(3) == place
    return _bare(text, place, name, is_tight=is_tight, is_quoted=bool(match[2]), sign=match[3])


def _quoted(text: bytes, start: int, quote: bytes) -> Span:
    """What stands between the quote at `start` and the next like it; to the end without one."""
    begin = place = start + len(quote)
    last = min(begin + _MOST_BYTES, len(text))
    while (end := text.find(quote, place, last)) >= 0:
        place = end + len(quote)
        escapes = end
        while escapes > begin and text[escapes - 1] == _BACKSLASH:
            escapes -= 1
        if quote == b"'" and text[place : place + 1] == b"'":
            place += 1  # SQL doubles it
        elif (end - escapes) % 2 == 0:
            return begin, end
    return begin, last


def _option(text: bytes, place: int) -> Span | None:
    """The argument of an option; a word only where nothing but options follows."""
    found = _BARE.match(text, place)
    if found is None or found[0].startswith(b"-") or _says_nothing(found[0]):
        return None
    if found[0].isupper() and found[0].isalpha():
        return None  # what a usage text calls it
    is_word = _WORDS.fullmatch(found[0]) is not None
    return None if is_word and not _ENDS.match(text, found.end()) else found.span()


def _credential(text: bytes, place: int) -> Span | None:
    """What follows the scheme of an authorization; nothing for a bearer, known by its word."""
    if _BEARER.match(text, place):
        return place, place
    scheme = _LONG_SCHEME.match(text, place)
    if scheme is not None:
        line = _LINE.match(text, scheme.end())
        return line.span() if line is not None else None
    scheme = _SCHEME.match(text, place)
    found = _BARE.match(text, scheme.end()) if scheme is not None else None
    if found is None or _PARAMETER.fullmatch(found[0]):
        return None
    if found[0].isalpha() and found[0][1:].islower():
        return None
    return found.span()


def _is_basic(value: bytes) -> bool:
    """Whether this is a name and a password as HTTP sends them."""
    try:
        return b":" in b64decode(value, validate=True)
    except ValueError:
        return False


def _bare(
    text: bytes, place: int, name: bytes, *, is_tight: bool, is_quoted: bool, sign: bytes
) -> Span | None:
    """The value without quotes at `place`, if it is one and not code or a sentence."""
    if text[place : place + 1] in _SIGNS:
        return None
    found = _BARE.match(text, place, place + (_MOST_BYTES if is_tight else _LOOSE_BYTES))
    if found is None or _says_nothing(found[0]) or _CALL.match(text, found.end()):
        return None
    if name.lower() == b"pwd" and (found[0][:1] in b"/~" or found[0][1:2] == b":"):
        return None  # the working directory
    if found[0].isdigit() and _is_count(found[0], name):
        return None
    if is_tight:
        return found.span()
    if sign in (b"==", b"===") or not (is_quoted or _NOUN.search(name)):
        return None
    value = found[0].rstrip(b".!?:")
    end = found.start() + len(value)
    return (found.start(), end) if _is_value(text, value, end, name, is_quoted) else None


def _is_count(value: bytes, name: bytes) -> bool:
    """Whether a number counts (`max_tokens=100`, `password.attempts=3`)."""
    return counts_tokens(name) or (len(value) < _SHORT and not _NOUN.search(name))


def _is_value(text: bytes, value: bytes, end: int, name: bytes, is_quoted: bool) -> bool:
    if value.isdigit():
        return is_quoted or (len(value) >= _SHORT and not name.lower().endswith(b"token"))
    if not value or value.lower() in _STATES or b"://" in value or value[:1] in b"/~":
        return False
    if _DOTTED.fullmatch(value) and not any(48 <= byte <= 57 for byte in value):
        return False
    if _WORDS.fullmatch(value):
        return _STRONG.search(name) is not None and _ENDS.match(text, end) is not None
    return len(value) >= _SHORT or _ENDS.match(text, end) is not None


def _says_nothing(value: bytes) -> bool:
    """A placeholder, a variable, a mask, or nothing."""
    if is_safe_value(value.lower()) or value.lower() in (b"none", b"nil"):
        return True
    if value[0] in _VARIABLE_SIGNS or value[:1] == b"[":
        return True
    return _VARIABLE.match(value) is not None or _MASK.fullmatch(value) is not None
