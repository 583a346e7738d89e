"""Replace the variable parts of a message, so that the same sentence with other data is equal.

`parameterise` is pure and idempotent in effect: what is replaced is data (numbers, ids,
addresses, dates), what stays is the sentence that somebody wrote in the source.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from vedette.pipeline.grouping.chunks import chunk_name
from vedette.pipeline.grouping.data import NUMBER_WORDS, PATTERNS
from vedette.pipeline.grouping.identifiers import is_random, without_identifier

MAX_CHARS: Final = 2_000

# A list behind one of these is written in the source.
_CHOICES: Final = re.compile(
    r"\b(?:one of|any of|either|choices|allowed|expected|valid|supported|options|available|must be"
    r"|should be|errors?|reasons?|causes?|details|in|not|into)\W{0,3}(?:\w+s: )?\W{0,3}$",
    re.IGNORECASE,
)
# ASCII: `第3行` is a number between two words, as `line 3` is.
_RULES: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in PATTERNS), re.IGNORECASE | re.ASCII
)
# The digits in `H264DecoderFailed` belong to its name.
_NUMBER: Final = re.compile(r"\d{2,}+(?![A-Z][a-z])|^\d++(?![A-Z][a-z])", re.ASCII)
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z\d]{4}\d{7}[A-Z\d]{0,16}", re.IGNORECASE)
_LIST: Final = re.compile(
    r"(?=<)(?:(?<=s )(<[a-z]{3,8}>) (?:and|or|und|oder|et|y) \1"
    r"|(<duration>)(?:,? (?:and )?<duration>)+"
    r"|(<[a-z0-9]{2,8}>)(?:\s?[,;]\s?\3)+(?:,? (?:and|or|und|oder|et|y) \3)?(?:, ?(?:\.{3}|…))?"
    r"|(?<=\()(<[a-z0-9]{2,8}>),(?=\)))"
)
_HAS_DATA: Final = re.compile(
    rf"(?:{NUMBER_WORDS}) |"
    r"[\d@'\"`=„“‚‘«‹「『第]|:[:/]|[0-9a-f]:[0-9a-f]|s: [a-z_][\w-]*,"
    r"|[一二三四五六七八九十百千〇零两]{2}|home/|sers[\\/]|tmp|eyJ|\.[cm]?js|\.css"
    r"|[0-9A-Za-z+/]{10}|-[bcdfghjklmnpqrstvwxz]{5}(?![\w-])"
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
    found = _LIST.sub(r"\1\2\3\4", _RULES.sub(_placeholder, text))
    return found.replace("<float>%", "<int>%") if "%" in found else found


def _ascii_digit(character: str) -> str:
    """A digit of any script as an ASCII one; every other character as it is."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _placeholder(match: re.Match[str]) -> str:
    """Name the kind of data that was found."""
    kind, text = match.lastgroup or "", match.group()
    if kind.startswith("keep"):
        return text
    if kind == "list":
        before = match.string[max(0, match.start() - 40) : match.start()]
        return text if _CHOICES.search(before) else "<list>"
    if kind == "name":
        return f"{match['is']}<str>"
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
        for name, pattern in PATTERNS
        if name in ("keep", "uuid", "date", "user", "hex", "pod", "tmp", "token", "int")
    ),
    re.IGNORECASE | re.ASCII,
)
