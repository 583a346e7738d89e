"""Identifiers that a machine drew, found in text: Stripe-like ids, ULIDs, base64, pod names.

A token is judged by its letters (`letters.word_score`), not by its length: `NffrFeUfNV2Hib`
is an identifier, `HttpServletRequest`, `Base64Encoder` and `order12` are words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vedette.pipeline.grouping.letters import word_score

# Letters and digits of which Kubernetes makes names, and the two pieces a pod's name ends in:
# that of its replica set (or the time of its job) and its own.
_SAFE: Final = "bcdfghjklmnpqrstvwxz2456789"
POD: Final = rf"(?<=[a-z0-9]-)(?:[{_SAFE}]{{8,10}}|\d{{8}})-[{_SAFE}]{{5}}(?![\w-])"
# With its padding it cannot be mistaken; without, its pieces are looked at.
BASE64: Final = (
    r"(?<![\w+/=-])[\w+/-]{14,4000}={1,2}(?![\w=])|(?<![\w+/-])[\w+/-]{12,4000}(?![\w+/-])"
)
WORD: Final = r"(?<![0-9A-Za-z])(?=[0-9]*[A-Za-z])[0-9A-Za-z]{8,200}(?![0-9A-Za-z])"

_RUN: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_DIGITS: Final = re.compile(r"\d+")
_PIECES: Final = re.compile(r"[-_+/]+")
_PREFIX: Final = re.compile(r"(?:[a-z]{2,10}_){1,2}(?=[0-9A-Za-z]{8,}$)")
_ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_LONG: Final = 10
_JOINED: Final = 15  # letters, digits and what joins them
_MANY: Final = 3  # runs of digits between letters


def without_identifier(text: str) -> str | None:
    """What stands for a piece of base64 or a prefixed identifier; None if it is neither."""
    if text.endswith("="):
        return "<id>"
    prefix = _PREFIX.match(text)
    if prefix is not None:
        return (
            f"{prefix.group()}<id>" if is_random(text[prefix.end() :], is_prefixed=True) else None
        )
    if text.isalnum():
        return "<id>" if is_random(text) else None
    if (
        len(text) < _JOINED
        or not _is_mixed(text)
        or any(_is_clear_word(piece) for piece in _PIECES.split(text))
    ):
        return None
    return "<id>"


@lru_cache(maxsize=4_096)
def is_random(token: str, *, is_prefixed: bool = False) -> bool:
    """True for letters and digits (8 or more) that nobody wrote.

    A prefix such as `cus_` is evidence for an identifier by itself.
    """
    if _ULID.fullmatch(token) is not None:
        return True
    numbers = len(_DIGITS.findall(token))
    runs = _RUN.findall(token)
    score = sum(word_score(run.lower()) for run in runs)
    letters = sum(map(len, runs))
    if any(len(run) >= 5 and _score(run) >= 4 for run in runs) and len(token) < 2 * _LONG:
        return False
    if numbers >= _MANY or (numbers and is_prefixed and len(token) >= _LONG):
        return not all(len(run) >= 3 and _score(run) >= 0 for run in runs)
    is_choppy = letters < 3 * len(runs)  # capitals in the middle of words
    if numbers == 2:
        return score < 0 or (len(token) >= _LONG and is_choppy)
    if token.islower() or token.isupper() or len(runs) < 2:
        return numbers == 1 and token[-1].isalpha() and token[0].isalpha() and score < 0
    if numbers:
        return score < 0 or (score < 10 and is_choppy)
    return (is_prefixed or len(token) >= _LONG) and is_choppy and score < (4 if is_prefixed else -2)


def _is_mixed(text: str) -> bool:
    """True when capitals, small letters and digits all occur."""
    return (
        any(one.isdigit() for one in text)
        and any(one.isupper() for one in text)
        and any(one.islower() for one in text)
    )


def _is_clear_word(piece: str) -> bool:
    """True for a piece that a person wrote: letters of one word, or words joined by case."""
    runs = _RUN.findall(piece)
    if any(len(run) >= 5 and _score(run) >= 4 for run in runs):
        return True
    return bool(runs) and all(len(run) >= 3 for run in runs) and sum(map(_score, runs)) >= 4


def _score(run: str) -> int:
    return word_score(run.lower())
