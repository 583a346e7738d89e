"""Transactions one by one, each with how large its trace is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from vedette.issues.categories import IS_ERROR
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import ask, moment
from vedette.search import SearchError
from vedette.store import query as q
from vedette.telemetry.exploring import search_in
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, transactions

SORTS = {"newest": "timestamp", "slowest": "duration"}
MOST_ROWS = 10_000
_AROUND = timedelta(hours=1)  # the rest of a trace is this near to one of its transactions
_COLUMNS = (
    *("trace_id", "span_id", "timestamp", "duration", "project_id", "transaction", "op"),
    *("status", "is_failed", "http_status", "release", "environment", "user_key"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSample:
    """One transaction; `spans` and `errors` are those of its trace that may be seen."""

    trace_id: str
    span_id: str
    at: datetime
    took: float
    project_id: int
    name: str
    op: str
    status: str
    is_failed: bool
    http_status: int | None
    release: str
    environment: str
    user: str
    spans: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """One page of them."""

    rows: list[TransactionSample]
    has_more: bool


def list_samples(
    scope: Scope, query: str, *, sort: str = "newest", limit: int = 50, offset: int = 0
) -> Samples:
    """The transactions that a search finds, newest or slowest first.

    Raises SearchError for the search, StoreError, and BadQuery beyond `MOST_ROWS`.
    """
    found = search_in(scope, transactions(), query)
    if found.having:
        raise SearchError("What groups come to is searched under Performance.", 0, len(query))
    order = q.Order(SORTS[sort], descending=True)
    rows = choose_samples(scope, [found.where], order, limit=offset + limit + 1)
    shown = rows[offset : offset + limit]
    return Samples(rows=_with_traces(scope, shown), has_more=len(rows) > offset + limit)


def choose_samples(
    scope: Scope, where: list[q.Condition], order: q.Order, *, limit: int
) -> list[TransactionSample]:
    """Transactions that fulfil conditions, the first in this order. Raises StoreError."""
    rows = ask_spans(
        scope,
        {name: q.Field(name) for name in _COLUMNS},
        [IS_TRANSACTION, *where],
        order_by=[order, q.Order("span_id")],
        limit=min(limit, MOST_ROWS + 1),
    )
    return [_sample(row) for row in rows]


def _sample(row: dict[str, Any]) -> TransactionSample:
    return TransactionSample(
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        at=moment(row["timestamp"]),
        took=row["duration"],
        project_id=row["project_id"],
        name=row["transaction"] or "",
        op=row["op"] or "",
        status=row["status"] or "",
        is_failed=bool(row["is_failed"]),
        http_status=row["http_status"],
        release=row["release"] or "",
        environment=row["environment"] or "",
        user=row["user_key"] or "",
    )


def _with_traces(scope: Scope, rows: list[TransactionSample]) -> list[TransactionSample]:
    """The rows with the sizes of their traces: two questions, however many rows there are."""
    if not rows:
        return []
    start, end = min(row.at for row in rows) - _AROUND, max(row.at for row in rows) + _AROUND
    ids: list[q.Value] = list(dict.fromkeys(row.trace_id for row in rows))
    columns: dict[str, q.Expression] = {"trace": q.Field("trace_id"), "count": q.count()}
    where: list[q.Condition] = [q.OneOf(q.Field("trace_id"), ids)]
    found = ask_spans(
        replace(scope, environments=()),
        columns,
        where,
        period=Period(start=start, end=end, label=""),
        group_by=["trace"],
    )
    spans = {row["trace"]: row["count"] for row in found}
    errors = dict(ask(scope.visible, columns, [*where, IS_ERROR], start, end, group_by=["trace"]))
    return [
        replace(row, spans=spans.get(row.trace_id, 0), errors=errors.get(row.trace_id, 0))
        for row in rows
    ]
