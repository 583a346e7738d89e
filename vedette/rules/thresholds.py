"""Thresholds as people write them: `>50`, `>= 5%`, `>2s`, `<1`, and `always`."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import msgspec

Comparison: TypeAlias = Literal[">", ">=", "<", "<="]

_WRITTEN = re.compile(r"(>=|<=|>|<)\s*+([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*+(%|[a-zµ/ ]*+)")
_MOST_CHARACTERS = 60
_FACTORS = {
    "": 1.0,
    "%": 0.01,
    "ms": 1.0,
    "s": 1000.0,
    "sec": 1000.0,
    "m": 60_000.0,
    "min": 60_000.0,
    "h": 3_600_000.0,
    "k": 1000.0,
}
ALWAYS = "always"


class Threshold(msgspec.Struct, frozen=True, array_like=True):
    """A comparison with a number; `text` is how it was written.

    Shares are 0 to 1, durations milliseconds.
    """

    comparison: Comparison
    number: float
    text: str

    @property
    def is_upper(self) -> bool:
        """Whether larger values are worse."""
        return self.comparison in (">", ">=")

    def holds(self, value: float) -> bool:
        """Whether a value stands so to the number."""
        if self.comparison == ">":
            return value > self.number
        if self.comparison == ">=":
            return value >= self.number
        return value < self.number if self.comparison == "<" else value <= self.number


def threshold_of(written: str | int | float) -> Threshold:
    """A threshold as it is written. Raises ValueError in words."""
    text = str(written).strip()
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"a threshold has at most {_MOST_CHARACTERS} characters")
    found = _WRITTEN.fullmatch(text.lower())
    if found is None or found[3].strip() not in _FACTORS:
        raise ValueError(f"{text!r} is no threshold: write >50, >=5%, >2s or <1")
    number = float(found[2]) * _FACTORS[found[3].strip()]
    comparison: Comparison = found[1]  # type: ignore[assignment]
    return Threshold(comparison, round(number, 9), text)
