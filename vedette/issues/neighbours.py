"""The events around one event: before and after it in its issue and in its trace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from vedette.issues import telemetry
from vedette.issues.history import has_few_events, history
from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import EventRow
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

EVENT_ROW = (
    *("event_id", "timestamp", "type", "value", "message"),
    *("release", "environment", "user_key", "trace_id"),
)
_SECOND = timedelta(seconds=1)
_MICRO = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def neighbours(visible: VisibleProjects, issue: Issue, row: dict[str, Any]) -> dict[str, Any]:
    """Ids of the first, previous, next and latest event, and the neighbours in the trace."""
    around = _of_few if has_few_events(issue) else _of_many
    return {**around(visible, issue, row), **_in_trace(visible, row)}


def after(at: int, event_id: str, *, newest_first: bool) -> q.Condition:
    """Events that come after this one in the order of times and ids."""
    sign: q.Comparison = "<" if newest_first else ">"
    same = q.All([q.Compare(q.TIME, "=", at), q.Compare(q.Field("event_id"), sign, event_id)])
    return q.Either([q.Compare(q.TIME, sign, at), same])


def event_row(row: list[Any]) -> EventRow:
    """One line of a list, from the columns of `EVENT_ROW`."""
    event_id, at, type_, value, message, release, environment, user, trace = row
    title = ": ".join(part for part in (type_, value) if part) or message or "<unlabeled event>"
    return EventRow(
        event_id=event_id,
        timestamp=telemetry.moment(at),
        title=title,
        release=release or "",
        environment=environment or "",
        user=user or "",
        trace_id=trace or "",
    )


def _of_few(visible: VisibleProjects, issue: Issue, row: dict[str, Any]) -> dict[str, str | None]:
    ids = [past.event_id for past in history(visible, issue)]
    if row["event_id"] not in ids:
        return {}
    place = ids.index(row["event_id"])
    return {
        "first_id": ids[0],
        "latest_id": ids[-1],
        "previous_id": ids[place - 1] if place else None,
        "next_id": ids[place + 1] if place + 1 < len(ids) else None,
    }


def _of_many(visible: VisibleProjects, issue: Issue, row: dict[str, Any]) -> dict[str, str | None]:
    """Each is looked for within a day first, then anywhere."""
    groups = telemetry.in_groups(group_ids(issue))
    start, end = issue.first_seen - _SECOND, issue.last_seen + _SECOND
    here, at, own = telemetry.moment(row["timestamp"]), row["timestamp"], row["event_id"]
    older = [groups, after(at, own, newest_first=True)]
    newer = [groups, after(at, own, newest_first=False)]
    return {
        "first_id": _nearest(visible, [groups], start, end, newest=False),
        "latest_id": _nearest(visible, [groups], start, end, newest=True),
        "previous_id": _nearest(visible, older, start, here + _MICRO, newest=True),
        "next_id": _nearest(visible, newer, here, end, newest=False),
    }


def _nearest(
    visible: VisibleProjects,
    where: list[q.Condition],
    start: datetime,
    end: datetime,
    *,
    newest: bool,
) -> str | None:
    """The newest or oldest event of a range: of its last or first day, else of all of it."""
    near = (max(start, end - _DAY), end) if newest else (start, min(end, start + _DAY))
    for since, until in (near, (start, end)):
        rows = telemetry.ask(
            visible,
            {"event_id": q.Field("event_id"), "timestamp": q.TIME},
            where,
            since,
            until,
            order_by=[q.Order("timestamp", newest), q.Order("event_id", newest)],
            limit=1,
        )
        if rows:
            return str(rows[0][0])
    return None


def _in_trace(visible: VisibleProjects, row: dict[str, Any]) -> dict[str, EventRow | None]:
    """The events before and after in the same trace and project, within a day."""
    if not row["trace_id"]:
        return {}
    here, at, own = telemetry.moment(row["timestamp"]), row["timestamp"], row["event_id"]
    same = q.Compare(q.Field("trace_id"), "=", row["trace_id"])
    found: dict[str, EventRow | None] = {}
    for name, newest in (("trace_previous", True), ("trace_next", False)):
        rows = telemetry.ask(
            visible,
            {column: q.Field(column) for column in EVENT_ROW},
            [same, after(at, own, newest_first=newest)],
            here - _DAY,
            here + _DAY,
            order_by=[q.Order("timestamp", newest), q.Order("event_id", newest)],
            limit=1,
        )
        found[name] = event_row(rows[0]) if rows else None
    return found
