"""Replace the variable parts of a message, so that the same sentence with other data is equal.

`parameterise` is pure and idempotent in effect: what is replaced is data (numbers, ids,
addresses, dates), what stays is the sentence that somebody wrote in the source.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from vedette.pipeline.grouping.chunks import chunk_name
from vedette.pipeline.grouping.identifiers import (
    BASE64,
    POD,
    WORD,
    is_random,
    without_identifier,
)

MAX_CHARS: Final = 2_000

_NUMBER_WORDS: Final = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_MONTHS: Final = (
    "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre"
    "|décembre|januar|jänner|februar|märz|juni|juli|oktober|dezember|enero|febrero|marzo|abril"
    "|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile"
    "|maggio|giugno|luglio|settembre|ottobre|dicembre"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_NO_LETTER: Final = r"(?![\w\u0080-\U0010ffff])"
_DAY: Final = r"\d{1,2}"
_CLOCK: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]m\b)?"
_ZONE: Final = (
    r"(?:\s?(?:Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}(?!\d)"
    r"|(?:CES?T|[ECMP][SD]T|BST|IST|JST|MSK|AE[SD]T)\b))?"
)
_QUOTES: Final = (
    ("„", "“”"),
    ("“", "”"),
    ("‚", "‘"),
    ("‘", "’"),
    ("«", "»"),
    ("‹", "›"),
    ("”", "”"),
)
_ASIAN_QUOTES: Final = (("「", "」"), ("『", "』"))
_DATES: Final = (
    # 2024-01-02T03:04:05Z, 2024/1/2 03:04
    rf"\b\d{{4}}(?P<dash>[-/])\d{{1,2}}(?P=dash)\d{{1,2}}(?:[T ]{_CLOCK}{_ZONE})?(?![\d-])",
    # 20240102T030405Z, klog's I0102 03:04:05.123
    r"\b\d{8}T\d{4,6}(?:\.\d{1,9})?Z?\b",
    rf"\b[IWEF]\d{{4}} {_CLOCK}",
    # Sun, 22 Nov 2026 01:43:42 GMT, Sunday, 06-Nov-94 08:49:37 GMT, Sun Nov 22 01:43:42 2026
    rf"\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,? )?(?:{_DAY}(?:[-/]|\.? (?:de )?)"
    rf"(?:{_MONTHS}|{_MONTH})(?: de |[-/ ,.]{{1,2}})\d{{2,4}}(?:[:T, ]{{1,2}}{_CLOCK}{_ZONE})?"
    rf"|{_MONTH}\.? {{1,2}}{_DAY}(?:st|nd|rd|th)?(?!\d)"
    rf"(?:,? \d{{4}}(?!\d))?(?:,? {_CLOCK}{_ZONE}(?: \d{{4}}(?!\d))?)?(?:{_ZONE} \d{{4}}(?!\d))?)",
    # 02.01.2024 03:04, 11/22/2026, 1:43:42 AM
    rf"\b{_DAY}\.{_DAY}\.\d{{4}}(?:,? {_CLOCK})?(?!\d)",
    rf"\b{_DAY}/{_DAY}/\d{{4}}(?:,? {_CLOCK})?(?!\d)",
    rf"\d{{4}}年{_DAY}月(?:{_DAY}日)?",
    r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b(?: ?[ap]m\b)?|\b\d{1,2}:\d{2} ?[ap]m\b",
)
# Numbers as the languages of the world write them: 1.234,56 and 1,234.56 and 1 234,5.
_FLOATS: Final = (
    r"(?<![\w.,])[+-]?\d{1,3}(?:\.\d{3})+,\d+(?![\w,])",
    r"(?<![\w.,])[+-]?\d{1,3}(?:,\d{3})+\.\d+(?![\w,])",
    "(?<![\\w.,])[+-]?\\d{1,3}(?:[\u00a0\u202f' ]\\d{3})+[.,]\\d+(?![\\w,])",
    r"(?<![\w.,])[+-]?\d+,\d{1,2}(?![\w,])(?!, ?\d)",
    r"(?<![\w.])[+-]?\d+\.\d+(?:e[+-]?\d+)?(?!\w)",
    r"(?<![\w.])\d+e[+-]?\d+(?!\w)",
)
# Order matters: the first alternative that matches at a position wins, so the longer
# and more specific shapes stand above numbers. A group's name is its placeholder.
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    # A digit in the name of a technology is not data.
    (
        "keep",
        (
            r"(?<![\w])(?:sha-?\d{1,3}|md[45]|utf-?(?:8|16|32)|u?int\d{1,2}|float\d{1,2}|base(?:32|64)"
            r"|x86(?:_64)?|x64|amd64|arm64|win32|ipv[46]|http/\d(?:\.\d)?|oauth2|iso-?8859-\d+"
            r"|ORA-\d{5}|TS\d{4}|HTTP [1-5]\d\d"
            r"|latin-?1|log4j2?|[sd]3|ec2|k8s|h26[45]|mp[34]|es\d{1,4}|p\d{2})(?!\w)"
        ),
    ),
    # What names in JSON say of an error: {"error": "card_declined"}. And classes and modules.
    (
        "keep_",
        (
            r"['\"](?:(?:error_?)?(?:error|code|type|kind|reason)['\"]:\s?"
            r"['\"][a-z]{1,40}(?:[_.-][a-z]{1,40}){0,8}['\"](?!\w)"
            r"|(?:(?<=class .)|(?<=interface .)|(?<=trait .))\w{1,80}(?:\\{1,2}\w{1,80}){1,9}['\"]"
            r"|(?:(?<=module .)|(?<=resolve .)|(?<=package .))[.@]{0,2}/?[a-z][\w-]{0,80}"
            r"(?:/[a-z][\w.-]{0,80}){0,9}['\"])"
        ),
    ),
    # The value of a name in JSON or in a Python dict: {"name": "Alice"}.
    (
        "value",
        (
            r"(?<=['\"]:)\s?(?:(?P<mark>['\"])(?:[^'\"\n\\]|\\.){0,200}(?P=mark)(?!\w)"
            r"|(?:true|false)(?!\w)|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?=\s?[,}\]]))"
        ),
    ),
    ("email", r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>)\]}]+"),
    ("uuid", r"(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])"),
    ("jwt", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    ("date", "|".join(_DATES)),
    ("ip", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?(?![\w.]\d)"),
    ("mac", r"\b[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})\b"),
    ("amount", r"[€$£¥]\s?\d+(?:[.,'\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?(?![\w.,]\d)"),
    (
        "ip_",
        (
            r"(?<![\w:])(?:\[[0-9a-f:]{2,40}%\w{1,16}\](?::\d{1,5})?|[0-9a-f]{1,4}:[0-9a-f:]{1,36}%\w{1,16}"
            r"|\[?(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){1,7}:"
            r"(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})"
            r"\]?(?::\d{1,5}(?!\d))?(?![\w:]))"
        ),
    ),
    # `Unable to preload CSS for /assets/index-BxTqRsUv.css`
    ("script", r"(?<![\w./~-])[\w./~-]{4,300}\.(?:[cm]?js|css)(?![\w./-])"),
    ("pod", POD),
    ("hex", r"\b0x[0-9a-f]+\b|(?<![0-9a-z])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}(?![0-9a-z])"),
    ("identifier", BASE64),
    (
        "str_",
        "|".join(
            (
                r"(?<!\w)(?P<quote>['\"`])(?=[^'\"`\n]*[\s\d@/\\])[^'\"`\n]{1,200}(?P=quote)(?!\w)",
                *(
                    rf"{one}(?=[^{one}{end}\n]*[\s\d@/\\])[^{one}{end}\n]{{1,200}}[{end}]"
                    for one, end in (*_QUOTES, *_ASIAN_QUOTES)
                ),
            )
        ),
    ),
    ("tmp", r"\btmp[a-z0-9_]{8}\b"),
    (
        "duration",
        (
            r"(?<![\w.])(?:(?:\d+h)?\d+m\d+(?:\.\d+)?s\b|\d+h\d+m\b|[+-]?\d+(?:[.,]\d+)?\s?"
            r"(?:ns|us|µs|ms|s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
            rf"|milliseconds?|microseconds?){_NO_LETTER})|\bP(?:\d{{1,6}}D)?T(?:\d{{1,6}}(?:\.\d{{1,9}})?[HMS]){{1,3}}\b"
        ),
    ),
    ("size", rf"(?<![\w.])\d+(?:[.,]\d+)?\s?(?:[kmgt]i?b|bytes?){_NO_LETTER}"),
    ("version", r"(?<![\w.])v?\d+\.\d+\.\d+(?:[.\-+][\w.]+)?(?!\w)"),
    ("float", "|".join(_FLOATS)),
    ("token", WORD),
    # A lone digit right behind a letter is part of a word: `step b2`, `worker2` stays.
    (
        "int",
        (
            r"(?<![\w.])[+-]?\d{1,3}(?:,\d{3})+(?![\w,])"
            r"|(?<!\w)[+-](?=\d)\d+|(?<![^\W_])\d+|\d{2,}|(?<=第)[一二三四五六七八九十百千〇零两]{1,9}"
            rf"|\b(?:{_NUMBER_WORDS})(?= [a-z]{{2,30}}s\b)"
        ),
    ),
)

# ASCII: `第3行` is a number between two words, as `line 3` is.
_RULES: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS), re.IGNORECASE | re.ASCII
)
# The digits in `H264DecoderFailed` belong to its name.
_NUMBER: Final = re.compile(r"\d{2,}+(?![A-Z][a-z])|^\d++(?![A-Z][a-z])", re.ASCII)
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z\d]{4}\d{7}[A-Z\d]{0,16}", re.IGNORECASE)
_LIST: Final = re.compile(
    r"(<[a-z0-9]{2,8}>)(?:\s?[,;]\s?\1)+(?:,? (?:and|or|und|oder|et|y) \1)?(?:, ?(?:\.{3}|…))?"
)
_HAS_DATA: Final = re.compile(
    rf"(?:{_NUMBER_WORDS}) |"
    r"[\d@'\"`:„“‚‘«‹「『第]|tmp|eyJ|\.[cm]?js|\.css|[0-9A-Za-z+/]{10}|-[bcdfghjklmnpqrstvwxz]{5}(?![\w-])"
)


def parameterise(text: str) -> str:
    """Return `text` with its data replaced by `<int>`, `<uuid>`, `<url>` and the like.

    A quoted value becomes `<str>` when it holds a digit, a space, a slash or an @; a quoted
    bare word (a column, a key, a class) stays, because it tells one bug from another. A list
    of data of one kind counts as one, however long it is. Texts are cut at 2,000 characters
    first.
    """
    text = text[:MAX_CHARS]
    if _HAS_DATA.search(text) is None:
        return text
    if not text.isascii():
        text = "".join(map(_ascii_digit, text))
    found = _LIST.sub(r"\1", _RULES.sub(_placeholder, text))
    return found.replace("<float>%", "<int>%") if "%" in found else found


def _ascii_digit(character: str) -> str:
    """A digit of any script as an ASCII one; every other character as it is."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _placeholder(match: re.Match[str]) -> str:
    """Name the kind of data that was found."""
    kind, text = match.lastgroup or "", match.group()
    if kind in ("keep", "keep_"):
        return text
    if kind in ("hex", "token") and _IBAN.fullmatch(text) is not None:
        return "<id>"
    if kind == "token":
        return "<id>" if is_random(text) else _NUMBER.sub("<int>", text)
    if kind == "script":
        folder, slash, name = text.rpartition("/")
        return (
            _TOKENS.sub(_placeholder, folder) + slash + _TOKENS.sub(_placeholder, chunk_name(name))
        )
    if kind == "identifier":
        replaced = without_identifier(text)
        return _TOKENS.sub(_placeholder, text) if replaced is None else replaced
    if kind == "value":
        return _value(text)
    return f"<{kind.rstrip('_')}>"


def _value(text: str) -> str:
    """What stands for the value of a name in JSON."""
    bare = text.lstrip()
    kind = "str" if bare[0] in "'\"" else "bool" if bare[0].isalpha() else "number"
    return f"{text[: len(text) - len(bare)]}<{kind}>"


# What may lie inside a text that is no identifier as a whole: `upload_01HQ3YV3J2X8W4ZB6N9K7M5P1R`.
_TOKENS: Final = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in _PATTERNS
        if name in ("keep", "uuid", "date", "hex", "pod", "tmp", "token", "int")
    ),
    re.IGNORECASE | re.ASCII,
)
