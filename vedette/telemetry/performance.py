"""How transactions fare: their figures, beside those of the period before, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vedette.explore.arguments import THRESHOLD_MS
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import kept
from vedette.store import query as q
from vedette.telemetry.exploring import search_in
from vedette.telemetry.spans import (
    IS_NAMED,
    IS_TRANSACTION,
    ask_spans,
    figure,
    same,
    transactions,
)

MOST_ROWS = 10_000
QUICK_MS = round(THRESHOLD_MS)
_WRITTEN = {
    "count": "count()",
    "samples": "count_sample()",
    "total": "sum(span.duration)",
    "rate": "epm()",
    "p50": "p50()",
    "p75": "p75()",
    "p95": "p95()",
    "p99": "p99()",
    "failures": "failure_rate()",
    "apdex": "apdex({quick_ms})",
    "misery": "user_misery({quick_ms})",
    "users": "count_unique(user)",
}
SORTS = ("name", *_WRITTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What some transactions come to.

    `count` is how many there were, `samples` how many of them are stored, `total` the time of all
    together, `rate` how many there were a minute. Durations are milliseconds, `failures`, `apdex`
    and `misery` from 0 to 1.
    """

    count: float
    samples: int
    total: float
    rate: float
    p50: float
    p75: float
    p95: float
    p99: float
    failures: float
    apdex: float
    misery: float
    users: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRow:
    """One transaction of one project; `before` is None where nothing of it is kept."""

    name: str
    project_id: int
    op: str
    now: Figures
    before: Figures | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionTable:
    """Rows in order."""

    rows: list[TransactionRow]
    has_more: bool


def figure_columns(quick_ms: int) -> dict[str, q.Expression]:
    """The expressions of all figures by their names; what takes at most `quick_ms` is quick."""
    return {name: figure(written.format(quick_ms=quick_ms)) for name, written in _WRITTEN.items()}


def read_figures(row: dict[str, Any]) -> Figures | None:
    """The figures of a row; None of no transaction at all."""
    if not row["samples"]:
        return None
    return Figures(**{name: row[name] or 0 for name in _WRITTEN})


def period_before(period: Period) -> Period | None:
    """The time before, of the same length; None where telemetry is not kept as long."""
    start = period.start - (period.end - period.start)
    if start < kept()[0]:
        return None
    return Period(start=start, end=period.start, label="")


def list_transactions(
    scope: Scope,
    query: str,
    *,
    sort: str = "-total",
    limit: int = 50,
    offset: int = 0,
    quick_ms: int = QUICK_MS,
) -> TransactionTable:
    """The transactions of the scope that a search finds; the search may ask for figures, too.

    `sort` is one of `SORTS`, `-` before it turns it round. Raises SearchError, StoreError, and
    BadQuery beyond `MOST_ROWS`.
    """
    found = search_in(scope, transactions(), query)
    rows = ask_spans(
        scope,
        _columns(quick_ms),
        [IS_TRANSACTION, IS_NAMED, found.where],
        group_by=["name", "project"],
        having=list(found.having),
        order_by=[_order(sort), q.Order("name"), q.Order("project")],
        limit=min(offset + limit, MOST_ROWS) + 1,
    )
    shown = rows[offset : offset + limit]
    before = _before(scope, [found.where], [row["name"] for row in shown], quick_ms)
    return TransactionTable(
        rows=[_row(row, before) for row in shown], has_more=len(rows) > offset + limit
    )


def transaction_figures(
    scope: Scope, name: str, quick_ms: int = QUICK_MS
) -> tuple[Figures | None, Figures | None]:
    """The figures of one transaction in all projects of the scope, and those of before."""
    where = [IS_TRANSACTION, same("transaction", name)]
    (row,) = ask_spans(scope, figure_columns(quick_ms), where)
    period = period_before(scope.period)
    if period is None:
        return read_figures(row), None
    (past,) = ask_spans(scope, figure_columns(quick_ms), where, period=period)
    return read_figures(row), read_figures(past)


Key = tuple[str, int]


def _columns(quick_ms: int) -> dict[str, q.Expression]:
    return {
        "name": q.Field("transaction"),
        "project": q.Field("project_id"),
        "op": q.call("max", q.Field("op")),
        **figure_columns(quick_ms),
    }


def _order(sort: str) -> q.Order:
    name = sort.lstrip("-")
    return q.Order(name if name in SORTS else "total", descending=sort.startswith("-"))


def _before(
    scope: Scope, where: Sequence[q.Condition], names: Sequence[str], quick_ms: int
) -> dict[Key, Figures | None]:
    """The figures of these transactions in the period before, in one question."""
    period = period_before(scope.period)
    if period is None or not names:
        return {}
    rows = ask_spans(
        scope,
        _columns(quick_ms),
        [IS_TRANSACTION, *where, q.OneOf(q.Field("transaction"), list(dict.fromkeys(names)))],
        period=period,
        group_by=["name", "project"],
    )
    return {(row["name"], row["project"]): read_figures(row) for row in rows}


def _row(row: dict[str, Any], before: dict[Key, Figures | None]) -> TransactionRow:
    now = read_figures(row)
    if now is None:
        raise AssertionError("a group without rows")
    return TransactionRow(
        name=row["name"],
        project_id=row["project"],
        op=row["op"] or "",
        now=now,
        before=before.get((row["name"], row["project"])),
    )
