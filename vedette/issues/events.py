"""Events of an issue: lists, one whole event, its neighbours and its files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from vedette import clock
from vedette.issues import stored, telemetry
from vedette.issues.history import has_few_events, history
from vedette.issues.lookup import group_ids, issue_of_group
from vedette.issues.models import Issue
from vedette.issues.shapes import EventRow, Scope, StoredEvent
from vedette.items.attachment import ATTACHMENTS
from vedette.projects.models import Project
from vedette.search import compile_event_search, parse
from vedette.store import query as q
from vedette.store.access import store
from vedette.wire.envelope import clean_event_id

_ROW = (
    "event_id",
    "timestamp",
    "type",
    "value",
    "message",
    "release",
    "environment",
    "user_key",
    "trace_id",
)
_SECOND = timedelta(seconds=1)
_MICRO = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_MOST_AT_ONCE = 1000


def list_events(
    issue: Issue, scope: Scope, *, query: str = "", cursor: str | None = None, limit: int = 50
) -> tuple[list[EventRow], str | None]:
    """One page of the issue's events, newest first, and the next cursor.

    Raises `vedette.search.SearchError` for a query that cannot be read.
    """
    where = [*telemetry.in_scope(scope), telemetry.in_groups(group_ids(issue))]
    if query.strip():
        where.append(compile_event_search(parse(query)))
    end = scope.period.end
    skip = 0
    if cursor:
        at, skip = _read_cursor(cursor)
        end = min(end, telemetry.moment(at + 1))
    rows = telemetry.ask(
        {name: q.Field(name) for name in _ROW},
        where,
        scope.period.start,
        end,
        order_by=[q.Order("timestamp", True), q.Order("event_id")],
        limit=limit + skip + 1,
    )
    shown = rows[skip : skip + limit]
    following = None
    if len(rows) > skip + limit:
        last = shown[-1][1]
        same = sum(1 for row in rows[: skip + limit] if row[1] == last)
        following = f"{last}:{same}"
    return [_event_row(row) for row in shown], following


def load_event(issue: Issue, event_id: str) -> StoredEvent | None:
    """One event of the issue with its neighbours; `event_id` may be `latest` or `oldest`."""
    groups = group_ids(issue)
    where: list[q.Condition] = [
        telemetry.in_projects([issue.project]),
        telemetry.in_groups(groups),
    ]
    start, end = issue.first_seen - _SECOND, issue.last_seen + _SECOND
    if event_id in ("latest", "oldest") and has_few_events(issue):
        known = history(issue)
        event_id = known[-1 if event_id == "latest" else 0].event_id if known else ""
    at: int | None = None
    if event_id not in ("latest", "oldest"):
        wanted = clean_event_id(event_id)
        if wanted is None:
            return None
        where.append(q.Compare(q.Field("event_id"), "=", wanted))
        if has_few_events(issue):
            at = next((past.timestamp for past in history(issue) if past.event_id == wanted), None)
    if at is not None:
        row = stored.read_exact(where, at)
    else:
        row = stored.read_row(where, start, end, newest=event_id != "oldest")
    if row is None:
        return None
    return stored.build(issue.project, row, _neighbours(issue, groups, row, start, end))


def find_event(project: Project, event_id: str) -> tuple[Issue | None, StoredEvent] | None:
    """An event of a project by its id alone, with its issue if that still exists."""
    wanted = clean_event_id(event_id)
    if wanted is None:
        return None
    now = clock.now()
    where = [
        telemetry.in_projects([project]),
        q.Compare(q.Field("event_id"), "=", wanted),
    ]
    row = stored.read_row(where, now - timedelta(days=400), now + timedelta(days=1), newest=True)
    if row is None:
        return None
    issue = issue_of_group([project], project.pk, row["group_id"])
    return issue, stored.build(project, row, {})


def read_attachment(project: Project, event_id: str, attachment_id: str) -> bytes | None:
    """The bytes of an attachment of this project's event."""
    wanted, file = clean_event_id(event_id), clean_event_id(attachment_id)
    if wanted is None or file is None:
        return None
    now = telemetry.micros(clock.now())
    rows = (
        store()
        .query(
            q.Select(
                table=ATTACHMENTS.name,
                columns={"blob": q.Field("blob")},
                where=[
                    q.Compare(q.Field("project_id"), "=", project.pk),
                    q.Compare(q.Field("event_id"), "=", wanted),
                    q.Compare(q.Field("attachment_id"), "=", file),
                ],
                start=0,
                end=now + 86_400_000_000,
                limit=1,
            )
        )
        .rows
    )
    return stored.blobs().get(rows[0][0]) if rows else None


def _neighbours(
    issue: Issue, groups: list[int], row: dict[str, Any], start: datetime, end: datetime
) -> dict[str, Any]:
    """Ids of the first, previous, next and latest event, and the neighbours in the trace."""
    if has_few_events(issue):
        ids = [past.event_id for past in history(issue)]
        place = ids.index(row["event_id"]) if row["event_id"] in ids else 0
        found = {
            "first_id": ids[0] if ids else None,
            "latest_id": ids[-1] if ids else None,
            "previous_id": ids[place - 1] if place else None,
            "next_id": ids[place + 1] if place + 1 < len(ids) else None,
        }
    else:
        found = {
            "first_id": _one(issue, groups, start, start + _DAY, end, newest=False),
            "latest_id": _one(issue, groups, end - _DAY, end, start, newest=True),
            **_beside(issue, groups, row, start, end),
        }
    return {**found, **_trace_neighbours(issue.project, row)}


def _beside(
    issue: Issue, groups: list[int], row: dict[str, Any], start: datetime, end: datetime
) -> dict[str, str | None]:
    """The events before and after one of very many: looked for within a day, then anywhere."""
    here, own = telemetry.moment(row["timestamp"]), row["event_id"]
    near = _ids(issue, groups, here, here + _MICRO, newest=False, limit=_MOST_AT_ONCE)
    place = near.index(own) if own in near else 0
    return {
        "previous_id": near[place - 1]
        if place
        else _one(issue, groups, here - _DAY, here, start, newest=True),
        "next_id": near[place + 1]
        if place + 1 < len(near)
        else _one(issue, groups, here + _MICRO, here + _DAY, end, newest=False),
    }


def _one(
    issue: Issue,
    groups: list[int],
    start: datetime,
    end: datetime,
    farthest: datetime,
    *,
    newest: bool,
) -> str | None:
    """The newest or oldest event of a range, else of the range widened to `farthest`."""
    wide = (min(farthest, start), end) if newest else (start, max(farthest, end))
    for since, until in ((start, end), wide):
        found = _ids(issue, groups, since, until, newest=newest, limit=1)
        if found:
            return found[0]
    return None


def _ids(
    issue: Issue, groups: list[int], start: datetime, end: datetime, *, newest: bool, limit: int
) -> list[str]:
    """Ids of the issue's events in the order of their times."""
    rows = telemetry.ask(
        {"event_id": q.Field("event_id"), "timestamp": q.Field("timestamp")},
        [telemetry.in_groups(groups), telemetry.in_projects([issue.project])],
        start,
        end,
        order_by=[q.Order("timestamp", newest), q.Order("event_id", newest)],
        limit=limit,
    )
    return [str(row[0]) for row in rows]


def _trace_neighbours(project: Project, row: dict[str, Any]) -> dict[str, EventRow | None]:
    if not row["trace_id"]:
        return {}
    here = telemetry.moment(row["timestamp"])
    found = telemetry.ask(
        {name: q.Field(name) for name in _ROW},
        [
            telemetry.in_projects([project]),
            q.Compare(q.Field("trace_id"), "=", row["trace_id"]),
        ],
        here - _DAY,
        here + _DAY,
        order_by=[q.Order("timestamp"), q.Order("event_id")],
        limit=200,
    )
    ids = [event[0] for event in found]
    if row["event_id"] not in ids:
        return {}
    place = ids.index(row["event_id"])
    return {
        "trace_previous": _event_row(found[place - 1]) if place else None,
        "trace_next": _event_row(found[place + 1]) if place + 1 < len(found) else None,
    }


def _event_row(row: list[Any]) -> EventRow:
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


def _read_cursor(cursor: str) -> tuple[int, int]:
    at, _, skip = cursor.partition(":")
    if at.isdigit() and skip.isdigit():
        return int(at), min(int(skip), 1000)
    return 1 << 62, 0
