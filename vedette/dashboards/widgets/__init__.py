"""DRAWER: one file per kind of widget: `WIDGET`.

A kind says which fields its form has, answers its question within a scope in one of the closed
set of shapes (`vedette.dashboards.shapes`), and where the question is looked at more closely.
Forms, JSON, files, the API, the page and its secret links follow from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Shape
from vedette.issues.shapes import Scope
from vedette.kinds import discover
from vedette.rules.problems import Problem

Where: TypeAlias = Literal["explore", "issues", "insights", "releases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Within what a widget answers: the scope of the dashboard's filter, and its releases."""

    scope: Scope
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """A page that asks the same: its name here, and the parameters of its address."""

    where: Where
    pairs: tuple[tuple[str, str], ...] = ()


def no_problems(options: Options) -> list[Problem]:
    """For kinds whose fields say all."""
    return []


def no_lead(options: Options, releases: tuple[str, ...]) -> Lead | None:
    """For kinds that ask nothing."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetKind:
    """The contract of a kind.

    - `check`: what is wrong with options whose fields are right, each by the field's name;
    - `ask`: the answer; raises SearchError, BadQuery and StoreError;
    - `lead`: where the question is looked at more closely, given the filter's releases;
    - `width`, `height`: of a new one, in cells of the grid;
    - `sample`: options with which it can be tried;
    - `is_personal`: the answer depends on who asks, beside what they may see.
    """

    name: str
    label: str
    help: str
    icon: str
    order: int
    ask: Callable[[Options, Asking], Shape]
    fields: tuple[Field, ...] = ()
    check: Callable[[Options], list[Problem]] = no_problems
    lead: Callable[[Options, tuple[str, ...]], Lead | None] = no_lead
    width: int = 6
    height: int = 4
    sample: Mapping[str, Any]
    is_personal: bool = False


@cache
def widget_kinds() -> dict[str, WidgetKind]:
    """Every kind by its name, in their order."""
    found = [module.WIDGET for module in discover(__name__)]
    return {one.name: one for one in sorted(found, key=lambda one: (one.order, one.name))}
