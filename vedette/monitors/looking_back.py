"""What the checks of one monitor say over time: response times by phase, values, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from vedette.monitors.models import Monitor
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects

PHASES: Final = ("dns", "connect", "tls", "first_byte", "body")
_MICROSECONDS: Final = 1_000_000
_MOST_CHECKS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The checks of a step of time: means of phases and percentiles, in milliseconds."""

    start: int
    checks: int
    failed: int
    phases: dict[str, float]
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check. Times are seconds since 1970."""

    due: float
    outcome: str
    reason: str
    text: str
    ms: float | None
    status: int | None
    phases: dict[str, float] = field(default_factory=dict)
    captured: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)


def over_time(
    monitor: Monitor, visible: VisibleProjects, start: int, end: int, step: int
) -> list[Bucket]:
    """By steps of so many seconds; a step without checks is left out. Raises StoreError."""
    duration = q.Field("duration")
    columns: dict[str, q.Expression] = {
        "bucket": q.call("bucket", q.TIME, step, 0),
        "checks": q.call("count"),
        "failed": q.call("count_if", q.Compare(q.Field("outcome"), "=", "fail")),
        "p50": q.call("quantile", duration, 0.5),
        "p95": q.call("quantile", duration, 0.95),
        **{name: q.call("avg", q.Field(name)) for name in PHASES},
    }
    select = q.Select(
        table="checks",
        projects=visible,
        columns=columns,
        where=[q.Compare(q.Field("monitor_id"), "=", monitor.pk)],
        group_by=["bucket"],
        order_by=[q.Order("bucket")],
        start=start * _MICROSECONDS,
        end=end * _MICROSECONDS,
    )
    made = []
    for bucket, checks, failed, p50, p95, *means in store().query(select).rows:
        phases = {name: mean for name, mean in zip(PHASES, means, strict=True) if mean is not None}
        made.append(
            Bucket(
                start=int(bucket),
                checks=int(checks),
                failed=int(failed),
                phases=phases,
                p50=p50,
                p95=p95,
            )
        )
    return made


def captured_over_time(
    monitor: Monitor,
    visible: VisibleProjects,
    names: Sequence[str],
    start: int,
    end: int,
    step: int,
) -> dict[int, dict[str, float]]:
    """By step the means of values that its checks captured. Raises StoreError."""
    places = {f"value{at}": name for at, name in enumerate(names)}
    columns: dict[str, q.Expression] = {
        "bucket": q.call("bucket", q.TIME, step, 0),
        **{place: q.call("avg", q.Tag(name, is_number=True)) for place, name in places.items()},
    }
    select = q.Select(
        table="checks",
        projects=visible,
        columns=columns,
        where=[q.Compare(q.Field("monitor_id"), "=", monitor.pk)],
        group_by=["bucket"],
        start=start * _MICROSECONDS,
        end=end * _MICROSECONDS,
    )
    return {
        int(bucket): {
            name: float(mean) for name, mean in zip(names, means, strict=True) if mean is not None
        }
        for bucket, *means in store().query(select).rows
    }


def last_checks(
    monitor: Monitor,
    visible: VisibleProjects,
    start: int,
    end: int,
    *,
    only_bad: bool = False,
    most: int = _MOST_CHECKS,
) -> list[CheckRow]:
    """The newest checks, the newest first. Raises StoreError."""
    names = ("timestamp", "outcome", "reason", "message", "duration", "status", "tags", "facts")
    where: list[q.Condition] = [q.Compare(q.Field("monitor_id"), "=", monitor.pk)]
    if only_bad:
        where.append(q.OneOf(q.Field("outcome"), ["fail", "degraded"]))
    select = q.Select(
        table="checks",
        projects=visible,
        columns={name: q.Field(name) for name in (*names, "evidence", *PHASES)},
        where=where,
        order_by=[q.Order("timestamp", descending=True)],
        start=start * _MICROSECONDS,
        end=end * _MICROSECONDS,
        limit=most,
    )
    answer = store().query(select)
    return [_check(dict(zip(answer.columns, row, strict=True))) for row in answer.rows]


def _check(row: Mapping[str, Any]) -> CheckRow:
    return CheckRow(
        due=row["timestamp"] / _MICROSECONDS,
        outcome=row["outcome"] or "",
        reason=row["reason"] or "",
        text=row["message"] or "",
        ms=row["duration"],
        status=row["status"],
        phases={name: row[name] for name in PHASES if row[name] is not None},
        captured=dict(row["tags"] or ()),
        facts=_read(row["facts"]),
        evidence=_read(row["evidence"]),
    )


def _read(text: str | None) -> dict[str, Any]:
    try:
        made = msgspec.json.decode(text) if text else {}
    except msgspec.DecodeError:
        return {}
    return made if isinstance(made, dict) else {}
