"""DRAWER: one file per kind of performance problem: `DETECTOR`.

A detector is a module with one name, a `Detector`. It is asked only about segments that have
at least `least` spans of its `categories`, so that nearly all cost nothing. `bad` must be
found, none of `good` may be: `tests/problems/` holds it to that. Names are Sentry's where it
knows the kind, so that searches mean the same; criteria follow its public documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from vedette.kinds import discover
from vedette.problems.problem import Found, Limits
from vedette.problems.segment import Segment

Unit = Literal["ms", "bytes", "share", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number that decides, and what it may be; `words` say what it is the least of."""

    name: str
    words: str
    unit: Unit
    default: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """The contract of a detector; see the module's docstring.

    - `name`: how searches and settings call it; `title`: how issues are called;
    - `group`: `db_query`, `http_client`, `frontend` or `mobile`;
    - `help`: one line; `advice`: what to do about it, in about two sentences; `doc`: where more
      is said;
    - `categories`, `least`: which spans a segment must have for it to be asked;
    - `thresholds`: what people may set;
    - `find`: the problems of a segment, with the value of each threshold by its name.
    """

    name: str
    title: str
    group: str
    help: str
    advice: str
    doc: str
    categories: frozenset[str]
    least: int = 1
    thresholds: tuple[Threshold, ...]
    find: Callable[[Segment, Limits], Iterable[Found]]
    bad: Callable[[], Segment]
    good: tuple[Callable[[], Segment], ...]

    def limits(self, chosen: Limits) -> Limits:
        """Every threshold: as chosen, else its default."""
        return {one.name: chosen.get(one.name, one.default) for one in self.thresholds}


@cache
def detectors() -> dict[str, Detector]:
    """Every detector by its name."""
    found: list[Detector] = [module.DETECTOR for module in discover(__name__)]
    return {one.name: one for one in found}
