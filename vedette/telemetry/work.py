"""What the time of a transaction goes into: kinds of work, and the spans that take most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vedette.issues.shapes import Scope
from vedette.issues.telemetry import moment
from vedette.store import query as q
from vedette.telemetry.spans import ask_spans, figure, same

MOST_KINDS = 20
MOST_SUSPECTS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKind:
    """One kind of work: how often, and how long without its children, in milliseconds."""

    category: str
    count: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Spans about the same: how many, how long without their children, and the slowest of them.

    `inside` is about the number of stored transactions in which there is at least one.
    """

    category: str
    subject: str
    count: float
    samples: int
    total: float
    p95: float
    inside: int
    slowest_trace: str
    slowest_span: str
    slowest_at: datetime


def work_kinds(scope: Scope, name: str) -> list[WorkKind]:
    """The kinds of work of a transaction, the largest first. Raises StoreError."""
    rows = ask_spans(
        scope,
        {
            "category": q.Field("category"),
            "count": figure("count()"),
            "total": q.call("coalesce", figure("sum(span.self_time)"), 0.0),
        },
        [same("transaction", name)],
        group_by=["category"],
        order_by=[q.Order("total", descending=True), q.Order("category")],
        limit=MOST_KINDS,
    )
    return [
        WorkKind(category=row["category"] or "other", count=row["count"], total=row["total"])
        for row in rows
    ]


def suspects(scope: Scope, name: str) -> list[Suspect]:
    """The spans below a transaction that take most of its time, together. Raises StoreError."""
    own = q.Field("self_time")
    rows = ask_spans(
        scope,
        {
            "category": q.Field("category"),
            "subject": q.Field("subject"),
            "count": figure("count()"),
            "samples": q.count(),
            "total": q.call("coalesce", figure("sum(span.self_time)"), 0.0),
            "p95": figure("p95(span.self_time)"),
            "inside": q.call("approx_distinct", q.Field("segment_id")),
            "trace": q.call("last", q.Field("trace_id"), own),
            "span": q.call("last", q.Field("span_id"), own),
            "at": q.call("last", q.TIME, own),
        },
        [same("transaction", name), same("is_segment", False), q.Present(q.Field("subject"))],
        group_by=["category", "subject"],
        having=[q.Compare(figure("sum(span.self_time)"), ">", 0)],
        order_by=[q.Order("total", descending=True), q.Order("subject")],
        limit=MOST_SUSPECTS,
    )
    return [
        Suspect(
            category=row["category"] or "other",
            subject=row["subject"],
            count=row["count"],
            samples=row["samples"],
            total=row["total"],
            p95=row["p95"],
            inside=row["inside"],
            slowest_trace=row["trace"],
            slowest_span=row["span"],
            slowest_at=moment(row["at"]),
        )
        for row in rows
    ]
