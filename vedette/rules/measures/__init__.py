"""DRAWER: one file per measure: what a rule computes of the rows it counts.

A measure is a module with one name, `MEASURE`, a `Measure`:

- `name`: how rules write it: `count`, or `{rate: minute}` with its options;
- `help`: one line; `unit`: what its values are, as messages print them: `ms`, or nothing;
- `main`: the option that a short form gives (`rate: minute` is `{per: minute}`);
- `options`: the type of its options;
- `form`: by the single row or issue (EDGE), by the rows of a window (WINDOW);
- `measured`: which rows can be measured at all, where not all can;
- `part`: rows that are counted apart for one threshold, besides all rows;
- `figures`: all rows and those of the part as questions to the store, where a row does not stand
  for one thing;
- `figure`: the value as a question to the store, where counting decides without knowing it;
- `members`: what is counted without repetition instead of rows;
- `has_baseline`: whether `judge` compares with the same hour of earlier days;
- `needs_rows`: few rows make no value small, and none at all say nothing;
- `judge`: from the counts of a window to a verdict for one threshold. Exact: it decides by
  whole numbers, so that the counters, the store and the back-test agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from vedette.kinds import discover
from vedette.rules.guard import Guard
from vedette.rules.thresholds import Threshold
from vedette.store.query import Condition, Expression


class Form(Enum):
    """What makes a rule look."""

    EDGE = "edge"
    WINDOW = "window"


class NoOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure that has nothing to choose."""


class Tally(msgspec.Struct, frozen=True):
    """What a window holds: all rows, those of the threshold's part, different members.

    `baseline` has the counts of windows of the same length at the same hour of earlier days,
    empty where there is no history of a day.
    """

    rows: int = 0
    part: int = 0
    members: int = 0
    baseline: tuple[int, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """Whether a threshold is crossed, and by what: the value, its sample size, its bound.

    `value` is None where there is nothing to compute it of; `held_back` says why a value beyond
    the threshold does not count.
    """

    fires: bool
    value: float | None
    sample: int
    bound: float | None = None
    held_back: str = ""


class Window(msgspec.Struct, frozen=True):
    """What a verdict is about: the length in seconds and the guard, None if it is off."""

    seconds: int
    guard: Guard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The contract of a measure; see the module's docstring."""

    name: str
    help: str
    form: Form
    unit: Callable[[Any], str] = lambda options: ""
    main: str = ""
    options: type[Any] = NoOptions
    measured: Callable[[Any], Condition | None] = lambda options: None
    part: Callable[[Any, Threshold], Condition | None] = lambda options, threshold: None
    members: Callable[[Any], Expression | None] = lambda options: None
    figures: Callable[[Any], tuple[Expression, Expression] | None] = lambda options: None
    figure: Callable[[Any], Expression | None] = lambda options: None
    judge: Callable[[Tally, Any, Threshold, Window], Verdict] | None = None
    has_baseline: bool = False
    is_share: bool = False
    needs_rows: bool = False
    needs_guard: bool = False


@cache
def measures() -> dict[str, Measure]:
    """Every measure by its name."""
    return {module.MEASURE.name: module.MEASURE for module in discover(__name__)}
