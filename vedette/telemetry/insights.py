"""What spans say of databases, hosts, caches, queues, assets and models, counted together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from vedette.explore.datasets import dataset_named
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import moment
from vedette.search import SearchError
from vedette.store import query as q
from vedette.telemetry.assets import assets_kind
from vedette.telemetry.exploring import search_in
from vedette.telemetry.model_calls import models_kind
from vedette.telemetry.service_work import service_kinds
from vedette.telemetry.spans import ask_spans, same
from vedette.telemetry.work_kinds import Kind, Way

MOST_ROWS = 100
MOST_SKIPPED = 5_000  # rows that pages may lead to
MOST_CALLERS = 50
MOST_SLOWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """A group of spans: what it is about, the system that does it, and its figures by name."""

    about: str
    system: str
    figures: dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A transaction in which the spans of a group are."""

    transaction: str
    project_id: int
    figures: dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowSpan:
    """One span of a group."""

    trace_id: str
    span_id: str
    description: str
    took: float
    at: datetime


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    return {**service_kinds(), "assets": assets_kind(), "models": models_kind()}


def list_insights(
    scope: Scope, kind: Kind, query: str, *, sort: str = "-total", way: str = "", offset: int = 0
) -> tuple[list[Insight], bool]:
    """The groups in order, and whether there are more: `sort` is the name of a figure, `-`
    before it turns it round.

    Raises SearchError for the search, and StoreError.
    """
    name = sort.lstrip("-")
    order = name if name in kind.figures or name == "about" else "total"
    rows = ask_spans(
        scope,
        {
            "about": kind.way(way).by,
            "system": q.call("max", kind.under),
            **kind.figures_by(way),
        },
        _where(scope, kind, kind.way(way), query),
        group_by=["about"],
        order_by=[q.Order(order, descending=sort.startswith("-")), q.Order("about")],
        limit=offset + MOST_ROWS + 1,
    )
    found = [
        Insight(about=row["about"], system=row["system"] or "", figures=_figures(kind, row))
        for row in rows[offset : offset + MOST_ROWS]
    ]
    has_more = len(rows) > offset + MOST_ROWS and offset + MOST_ROWS <= MOST_SKIPPED
    return found, has_more


def callers(scope: Scope, kind: Kind, about: str, *, way: str = "") -> list[Caller]:
    """The transactions that do this, those that spend most on it first. Raises StoreError."""
    rows = ask_spans(
        scope,
        {"name": q.Field("transaction"), "project": q.Field("project_id"), **kind.figures_by(way)},
        [*_group(kind, way, about), q.Present(q.Field("transaction"))],
        group_by=["name", "project"],
        order_by=[q.Order("total", descending=True), q.Order("name")],
        limit=MOST_CALLERS,
    )
    return [
        Caller(transaction=row["name"], project_id=row["project"], figures=_figures(kind, row))
        for row in rows
    ]


def slowest_spans(scope: Scope, kind: Kind, about: str, *, way: str = "") -> list[SlowSpan]:
    """The spans of a group that took longest. Raises StoreError."""
    names = ("trace_id", "span_id", "description", "duration", "timestamp")
    rows = ask_spans(
        scope,
        {name: q.Field(name) for name in names},
        _group(kind, way, about),
        order_by=[q.Order("duration", descending=True), q.Order("span_id")],
        limit=MOST_SLOWEST,
    )
    return [
        SlowSpan(
            trace_id=row["trace_id"],
            span_id=row["span_id"],
            description=row["description"] or "",
            took=row["duration"],
            at=moment(row["timestamp"]),
        )
        for row in rows
    ]


def search_spans(scope: Scope, query: str) -> q.Condition:
    """The condition of a search over spans. Raises SearchError, for figures of groups, too."""
    found = search_in(scope, dataset_named("spans"), query)
    if found.having:
        raise SearchError("What groups come to cannot be searched here; sort by it.", 0, len(query))
    return found.where


def _where(scope: Scope, kind: Kind, way: Way, query: str) -> list[q.Condition]:
    return [
        same("category", kind.category),
        q.Present(way.by),
        *way.where,
        search_spans(scope, query),
    ]


def _group(kind: Kind, way: str, about: str) -> list[q.Condition]:
    return [same("category", kind.category), *kind.way(way).is_about(about)]


def _figures(kind: Kind, row: dict[str, Any]) -> dict[str, float | None]:
    return {name: row[name] for name in kind.figures}
