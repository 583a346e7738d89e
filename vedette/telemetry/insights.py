"""What spans say of databases, hosts, caches and queues: counted by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from vedette.explore.datasets import dataset_named
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import moment
from vedette.search import SearchError
from vedette.store import query as q
from vedette.telemetry.exploring import search_in
from vedette.telemetry.spans import ask_spans, figure, same

MOST_ROWS = 100
MOST_CALLERS = 50
MOST_SLOWEST = 5
_TOOK = q.Field("duration")
_WEIGHT = q.Field("weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of work that is looked at: the category of its spans, by which column they are
    counted together, and what is worked out of each group."""

    category: str
    by: str
    figures: dict[str, q.Expression]


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
    return {
        "queries": Kind(category="db", by="subject", figures={**_common(), "each": _each()}),
        "http": Kind(
            category="http",
            by="domain",
            figures={**_common(), "refused": _statuses(400, 500), "broken": _statuses(500, 600)},
        ),
        "caches": Kind(category="cache", by="subject", figures={**_common(), "hits": _hits()}),
        "queues": Kind(category="queue", by="domain", figures=_of_queues()),
    }


def list_insights(scope: Scope, kind: Kind, query: str, *, sort: str = "-total") -> list[Insight]:
    """The groups in order: `sort` is the name of a figure, `-` before it turns it round.

    Raises SearchError for the search, and StoreError.
    """
    name = sort.lstrip("-")
    order = name if name in kind.figures or name == "about" else "total"
    rows = ask_spans(
        scope,
        {
            "about": q.Field(kind.by),
            "system": q.call("max", q.Field("system")),
            **kind.figures,
        },
        _where(scope, kind, query),
        group_by=["about"],
        order_by=[q.Order(order, descending=sort.startswith("-")), q.Order("about")],
        limit=MOST_ROWS,
    )
    return [
        Insight(about=row["about"], system=row["system"] or "", figures=_figures(kind, row))
        for row in rows
    ]


def callers(scope: Scope, kind: Kind, about: str) -> list[Caller]:
    """The transactions that do this, those that spend most on it first. Raises StoreError."""
    rows = ask_spans(
        scope,
        {"name": q.Field("transaction"), "project": q.Field("project_id"), **kind.figures},
        [same("category", kind.category), same(kind.by, about), q.Present(q.Field("transaction"))],
        group_by=["name", "project"],
        order_by=[q.Order("total", descending=True), q.Order("name")],
        limit=MOST_CALLERS,
    )
    return [
        Caller(transaction=row["name"], project_id=row["project"], figures=_figures(kind, row))
        for row in rows
    ]


def slowest_spans(scope: Scope, kind: Kind, about: str) -> list[SlowSpan]:
    """The spans of a group that took longest. Raises StoreError."""
    names = ("trace_id", "span_id", "description", "duration", "timestamp")
    rows = ask_spans(
        scope,
        {name: q.Field(name) for name in names},
        [same("category", kind.category), same(kind.by, about)],
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


def _where(scope: Scope, kind: Kind, query: str) -> list[q.Condition]:
    return [
        same("category", kind.category),
        q.Present(q.Field(kind.by)),
        search_spans(scope, query),
    ]


def _figures(kind: Kind, row: dict[str, Any]) -> dict[str, float | None]:
    return {name: row[name] for name in kind.figures}


def _common() -> dict[str, q.Expression]:
    """One percentile: each holds every duration, which of two weeks of queries is much."""
    return {
        "total": figure("sum(span.duration)"),
        "rate": figure("epm()"),
        "count": figure("count()"),
        "p95": figure("p95()"),
        "failures": figure("failure_rate()"),
        "callers": _about("transaction"),
    }


def _each() -> q.Expression:
    """How many there are in a transaction that has any."""
    return q.call("divide", q.count(), _about("segment_id"))


def _about(column: str) -> q.Expression:
    """How many different values, in a fifth of the time of counting exactly."""
    return q.call("approx_distinct", q.Field(column))


def _statuses(first: int, end: int) -> q.Expression:
    """The share of answers with a status from this one on, up to the other."""
    status = q.Field("http_status")
    within = q.All([q.Compare(status, ">=", first), q.Compare(status, "<", end)])
    return q.call("divide", _counted(within), _counted(q.Compare(status, ">", 0)))


def _hits() -> q.Expression:
    """The share of look-ups that found something, of those that say so."""
    hit = q.Tag("cache.hit")
    known = q.OneOf(hit, ["true", "false"])
    return q.call("divide", _counted(q.Compare(hit, "=", "true")), _counted(known))


def _of_queues() -> dict[str, q.Expression]:
    sent, done = _acts("publish", "submit", "send", "create"), _acts("process", "task", "receive")
    lag = q.Tag("messaging.message.receive.latency", is_number=True)
    return {
        "total": q.call("sum", _chosen(done, q.call("multiply", _TOOK, _WEIGHT))),
        "sent": _counted(sent),
        "done": _counted(done),
        "p50": q.call("quantile", _chosen(done, _TOOK), 0.5),
        "p95": q.call("quantile", _chosen(done, _TOOK), 0.95),
        "lag": q.call("quantile", lag, 0.5),
        "lag95": q.call("quantile", lag, 0.95),
        "failures": figure("failure_rate()"),
        "callers": _about("transaction"),
    }


def _acts(*verbs: str) -> q.Condition:
    """Whether a span of a queue does one of these: `queue.submit.celery` submits."""
    action = q.Field("action")
    parts: Sequence[q.Condition] = [q.Matches(action, f"{verb}*") for verb in verbs]
    return q.Either(list(parts))


def _counted(condition: q.Condition) -> q.Expression:
    """How many there were for which it holds; a sample counts for those it stands for."""
    chosen = q.Call("choose", [condition, _WEIGHT, q.Constant(0.0)])
    return q.call("coalesce", q.call("sum", chosen), 0.0)


def _chosen(condition: q.Condition, value: q.Expression) -> q.Expression:
    return q.Call("choose", [condition, value, q.Constant(None)])
