"""Figures of transactions over time: a point for each step, also where nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.telemetry.exploring import step_for
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, figure

PERCENTILES = ("p50", "p75", "p95", "p99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of time; percentiles in milliseconds are None where there was nothing."""

    start: datetime
    count: float
    failed: float
    percentiles: dict[str, float | None]


def series(
    scope: Scope, where: Sequence[q.Condition], *, names: Sequence[str] = PERCENTILES
) -> list[Step]:
    """The transactions that fulfil conditions, with these percentiles. Raises StoreError."""
    seconds = step_for(scope, about=80)
    columns = {"at": q.bucket(seconds), "count": figure("count()"), "failed": _failed()}
    columns |= {name: figure(f"{name}()") for name in names}
    rows = ask_spans(scope, columns, [IS_TRANSACTION, *where], group_by=["at"])
    found = {row["at"]: row for row in rows}
    first = int(scope.period.start.timestamp()) // seconds * seconds
    starts = range(first, ceil(scope.period.end.timestamp()), seconds)
    return [_step(at, found.get(at), names) for at in starts]


def _failed() -> q.Expression:
    return figure("failure_count()")


def _step(at: int, row: dict[str, Any] | None, names: Sequence[str]) -> Step:
    held = row or {}
    return Step(
        start=datetime.fromtimestamp(at, UTC),
        count=held.get("count") or 0.0,
        failed=held.get("failed") or 0.0,
        percentiles={name: held.get(name) for name in names},
    )
