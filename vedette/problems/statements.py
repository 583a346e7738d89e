"""What the text of a database query says of whether it could have been asked differently."""

from __future__ import annotations

import re
from functools import lru_cache

from vedette.problems.segment import Piece
from vedette.spans.subject import linear

_ACTIONS = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE"))
_CUT = ("...", "…")
_PARAMETER = re.compile(r"%s|%\(\w{1,40}\)s|\?|\$\d{1,4}\b|(?<![:\w]):[A-Za-z_]\w{0,40}|@[pP]?\d")
_BATCH = (
    r"(?i)\bIN\s*\(\s*(?:%s|\?|\$\d{1,4}|[^,()]{1,60})\s*,"  # more than one value at a time
    r"|=\s*ANY\s*\(|\bUNNEST\s*\(|\bVALUES\s*\([^()]{0,400}\)\s*,\s*\("
)
_VALUE = r"(?:%s|%\(\w{1,40}\)s|\?|\$\d|:[A-Za-z_]\w{0,40}|@\w{1,40})"
_PAGE = (
    r"(?is)\bOFFSET\b|\bFETCH\s+NEXT\b|\bLIMIT\s+\S+\s*,\s*\S"
    rf"|[<>]=?\s*\(?\s*{_VALUE}.{{0,400}}\bORDER\s+BY\b.{{0,200}}\b(?:LIMIT|FETCH\s+FIRST)\b"
    rf"|\bSELECT\s+TOP\b.{{0,400}}[<>]=?\s*\(?\s*{_VALUE}.{{0,400}}\bORDER\s+BY\b"
)
_WAITS = re.compile(
    r"\bpg_sleep|\bpg_advisory|\bGET_LOCK\s*\(|\bWAITFOR\b|\bSLEEP\s*\(|\bSKIP\s+LOCKED\b"
    r"|\bFOR\s+UPDATE\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bFROM\b", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)


def is_about_rows(piece: Piece) -> bool:
    """Whether the statement reads or writes rows: not only the value of a function."""
    return piece.action != "SELECT" or bool(_FROM.search(piece.description))


def is_whole(piece: Piece) -> bool:
    """Whether the statement is one that reads or writes rows, and was not cut off."""
    return piece.action in _ACTIONS and not piece.description.endswith(_CUT)


@lru_cache(maxsize=4096)
def is_batch(text: str) -> bool:
    """Whether it asks for several things at once: a list of values, an array, many rows."""
    return bool(linear(_BATCH).search(text))


@lru_cache(maxsize=4096)
def is_page(text: str) -> bool:
    """Whether it is one page of many: by offset, or on from the last key."""
    return bool(linear(_PAGE).search(text))


@lru_cache(maxsize=4096)
def waits(text: str) -> bool:
    """Whether it waits on purpose or for a lock, so that its length says nothing of an index."""
    return bool(_WAITS.search(text))


@lru_cache(maxsize=4096)
def is_independent(text: str) -> bool:
    """Whether nothing of it can stem from an answer before: no condition and no parameter."""
    return not _WHERE.search(text) and not _PARAMETER.search(text)
