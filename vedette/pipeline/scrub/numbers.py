"""Long numbers: those in quotes that are no secret, as thread ids, counters, moments, and those
without quotes that may be one.

They begin like cards, and SDKs write one with every span, so most of the looks into a payload
would be for them. A number is judged once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_NUMBER = re.compile(rb'[:,\[{\s]"([0-9]{12,20})"(?!\s*:)')
_MOST_DIGITS = 20
_BARE = re.compile(rb"(?<![\w.+-])[0-9]{13,19}(?![\w.+-])")
_COUNTED = re.compile(rb"(?:\A|[^A-Za-z])(?i:ids?)\Z|[a-z]I[dD]s?\Z|(?i:time|nano|stamp)")
_REMEMBERED = 4096


class Numbers:
    """Tells which trigger positions need no look. Safe to share among threads.

    `is_secret` judges the digits of a number that stands alone in its string, wherever that is.
    """

    def __init__(self, is_secret: Callable[[bytes], bool]) -> None:
        self._is_secret = lru_cache(maxsize=_REMEMBERED)(is_secret)

    def without_harmless(self, payload: bytes, positions: list[int]) -> list[int]:
        """The positions, less those in a value that is nothing but a harmless number."""
        return [position for position in positions if not self._is_harmless(payload, position)]

    def _is_harmless(self, payload: bytes, position: int) -> bool:
        quote = payload.rfind(b'"', max(0, position - _MOST_DIGITS), position)
        number = _NUMBER.match(payload, quote - 1) if quote > 0 else None
        return number is not None and not self._is_secret(number[1])


def bare_number(payload: bytes, position: int) -> tuple[int, int] | None:
    """Where the number around `position`, outside of strings, begins and ends; None for one that
    has a sign, a fraction, or another length than those of cards."""
    first = max(0, position - _MOST_DIGITS)
    for found in _BARE.finditer(payload, first, position + _MOST_DIGITS):
        if found.start() <= position < found.end():
            return found.span()
    return None


def names_a_count(name: bytes) -> bool:
    """Whether a number of this name is an id or a moment, whatever its digits are."""
    return _COUNTED.search(name) is not None
