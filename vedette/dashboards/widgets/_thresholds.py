"""Thresholds as people write them: `500ms`, `1.5s`, `5%`, `1000`."""

from __future__ import annotations

import re
from math import isclose
from typing import Final

from vedette.dashboards.shapes import Level

_WRITTEN = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|min|h|%)?\Z")
_FACTORS: Final = {None: 1.0, "ms": 1.0, "s": 1e3, "m": 6e4, "min": 6e4, "h": 3.6e6, "%": 0.01}
_AS_GOOD: Final = 1e-9  # a share of two whole numbers is not quite what people write


def read_threshold(text: str) -> float | None:
    """In milliseconds, shares from 0 to 1, or as it is; None for nothing.

    Raises ValueError, in words.
    """
    if not text.strip():
        return None
    found = _WRITTEN.match(text.strip())
    if found is None:
        raise ValueError("a threshold is a number, such as 500ms, 1.5s, 5% or 1000")
    return float(found[1]) * _FACTORS[found[2]]


def level_of(
    value: float | None, warning: float | None, critical: float | None, *, falls: bool
) -> Level:
    """What the thresholds make of a value; with `falls` it is bad to be below them."""
    if value is None or (warning is None and critical is None):
        return ""
    for level, bound in (("critical", critical), ("warning", warning)):
        if bound is None:
            continue
        is_at = isclose(value, bound, rel_tol=_AS_GOOD)
        if is_at or (value < bound if falls else value > bound):
            return "critical" if level == "critical" else "warning"
    return "good"
