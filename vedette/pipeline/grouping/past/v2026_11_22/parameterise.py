"""A message without its data; see `vedette.pipeline.grouping.parameterise`."""

from __future__ import annotations

import re
from typing import Final

MAX_CHARS: Final = 2_000

# Order matters: the first alternative that matches at a position wins, so the longer
# and more specific shapes stand above numbers. A group's name is its placeholder.
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    # A digit in the name of a technology is not data.
    (
        "keep",
        (
            r"(?<![\w])(?:sha-?\d{1,3}|md[45]|utf-?(?:8|16|32)|u?int\d{1,2}|float\d{1,2}|base(?:32|64)"
            r"|x86(?:_64)?|x64|amd64|arm64|win32|ipv[46]|http/\d(?:\.\d)?|oauth2|iso-?8859-\d+"
            r"|latin-?1|log4j2?|[sd]3|ec2|k8s|h26[45]|mp[34]|es\d{1,4}|p\d{2})(?!\w)"
        ),
    ),
    ("email", r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>)\]}]+"),
    ("uuid", r"(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])"),
    ("jwt", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    (
        "date",
        (
            r"\b\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
            r"(?:\s?(?:Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}))?)?"
            r"|\b\d{1,2}/\d{1,2}/\d{4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?)?"
            r"|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? (?:\d{1,2} )?"
            r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6},? (?:\d{1,2},? )?"
            r"(?:\d{2}:\d{2}:\d{2} )?\d{4}(?: \d{2}:\d{2}:\d{2})?(?: (?:GMT|UTC|[+-]\d{4})){0,2}"
            r"|\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b"
        ),
    ),
    ("ip", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?(?![\w.]\d)"),
    ("mac", r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b"),
    (
        "ip_",
        (
            r"(?<![\w:])\[?(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){1,7}:"
            r"(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})"
            r"\]?(?::\d{1,5}(?!\d))?(?![\w:])"
        ),
    ),
    ("hex", r"\b0x[0-9a-f]+\b|(?<![0-9a-z])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}(?![0-9a-z])"),
    ("str", r"(?<!\w)(?P<quote>['\"`])(?=[^'\"`\n]*[\s\d@/\\])[^'\"`\n]{1,200}(?P=quote)(?!\w)"),
    ("tmp", r"\btmp[a-z0-9_]{8}\b"),
    (
        "duration",
        (
            r"(?<![\w.])[+-]?\d+(?:[.,]\d+)?\s?"
            r"(?:ns|us|µs|ms|s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
            r"|milliseconds?|microseconds?)(?!\w)"
        ),
    ),
    ("size", r"(?<![\w.])\d+(?:[.,]\d+)?\s?(?:[kmgt]i?b|bytes?)(?!\w)"),
    ("version", r"(?<![\w.])v?\d+\.\d+\.\d+(?:[.\-+][\w.]+)?(?!\w)"),
    ("float", r"(?<![\w.])[+-]?\d+\.\d+(?:e[+-]?\d+)?(?!\w)|(?<![\w.])\d+e[+-]?\d+(?!\w)"),
    # A lone digit right behind a letter is part of a word: `step b2`, `worker2` stays.
    (
        "int",
        (
            r"(?<![\w.])[+-]?\d{1,3}(?:,\d{3})+(?![\w,])"
            r"|(?<!\w)[+-](?=\d)\d+|(?<![^\W_])\d+|\d{2,}"
        ),
    ),
)

_RULES: Final = re.compile("|".join(f"(?P<{n}>{p})" for n, p in _PATTERNS), re.IGNORECASE)
_HAS_DATA: Final = re.compile(r"[\d@'\"`:]|tmp|eyJ")


def parameterise(text: str) -> str:
    """Return `text` with its data replaced by `<int>`, `<uuid>`, `<url>` and the like.

    A quoted value becomes `<str>` when it holds a digit, a space, a slash or an @; a quoted
    bare word (a column, a key, a class) stays, because it tells one bug from another.
    Texts are cut at 2,000 characters first.
    """
    text = text[:MAX_CHARS]
    if _HAS_DATA.search(text) is None:
        return text
    return _RULES.sub(_placeholder, text)


def _placeholder(match: re.Match[str]) -> str:
    """Name the kind of data that was found."""
    kind = match.lastgroup or ""
    return match.group() if kind == "keep" else f"<{kind.rstrip('_')}>"
