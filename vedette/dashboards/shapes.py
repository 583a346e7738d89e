"""What widgets answer: a closed set of shapes, which pages draw. They hold values, no markup.

A shape knows nobody: names of projects and links are added where it is drawn, so that one answer
serves all who may see the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from vedette.explore.asking import Line
from vedette.explore.fields import Column
from vedette.issues.shapes import IssueRow
from vedette.telemetry.distribution import Distribution
from vedette.telemetry.vitals import VitalsRow

Level: TypeAlias = Literal["", "good", "warning", "critical"]
Look: TypeAlias = Literal["line", "bar", "area", "stacked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """How many rows were kept of about how many there were, where SDKs keep a part."""

    kept: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One figure of this `kind` (see `explore.fields.Column`), None where nothing was measured.

    `before` is that of the period before, `better` which way is good; `line` is the figure over
    time; `level` says what the thresholds make of it.
    """

    kind: str
    value: float | None
    before: float | None = None
    compares: bool = False
    better: Literal["", "more", "less"] = ""
    level: Level = ""
    line: Sequence[float | None] = ()
    sampled: Sampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table. `identity` are columns after the `shown` ones, by which a row's page is found."""

    columns: tuple[Column, ...]
    shown: int
    rows: list[list[Any]]
    dataset: str = ""
    is_grouped: bool = True
    sampled: Sampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The largest groups by a figure, each a bar: the last value of a row is the figure."""

    dataset: str
    groups: tuple[Column, ...]
    figure: Column
    rows: list[list[Any]]
    sampled: Sampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines over the same steps; `before` has each of them in the period before, or nothing."""

    starts: list[int]
    step: int
    lines: list[Line]
    groups: tuple[Column, ...]
    kind: str
    look: Look
    before: Sequence[Sequence[float | None]] = ()
    sampled: Sampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """When how many took how long."""

    spread: Distribution
    sampled: Sampled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Markdown that a person wrote."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """Issues with their counts; `problem` says in words why there are none."""

    rows: list[IssueRow] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Web vitals by page or by browser."""

    by: str
    rows: list[VitalsRow]


Shape: TypeAlias = Number | Rows | Ranking | Lines | Heat | Prose | Issues | Vitals
