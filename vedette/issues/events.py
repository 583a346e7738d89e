"""Events of an issue: lists, one whole event, and its files."""

from __future__ import annotations

from datetime import timedelta

from vedette.issues import stored, telemetry
from vedette.issues.cursors import read_event
from vedette.issues.history import has_few_events, history
from vedette.issues.lookup import group_ids, issue_of_group
from vedette.issues.models import Issue
from vedette.issues.neighbours import EVENT_ROW, after, event_row, neighbours
from vedette.issues.shapes import EventRow, Scope, StoredEvent
from vedette.items.attachment import ATTACHMENTS
from vedette.projects.models import Project
from vedette.releases.lookup import KnownReleases
from vedette.search import compile_event_search, parse
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id

_SECOND = timedelta(seconds=1)


def list_events(
    issue: Issue, scope: Scope, *, query: str = "", cursor: str | None = None, limit: int = 50
) -> tuple[list[EventRow], str | None]:
    """One page of the issue's events, newest first, and the next cursor.

    The cursor names the last event shown, so nothing is shown twice or left out, however many
    events share a moment. Raises `vedette.search.SearchError` for a query that cannot be read,
    and StoreError.
    """
    where = [*telemetry.in_environments(scope), telemetry.in_groups(group_ids(issue))]
    if query.strip():
        known = KnownReleases(scope.visible.only([issue.project_id]), scope.environments)
        where.append(compile_event_search(parse(query), releases=known))
    end = scope.period.end
    place = read_event(cursor)
    if place is not None:
        at, event_id = place
        where.append(after(at, event_id, newest_first=True))
        end = min(end, telemetry.moment(at + 1))
    rows = telemetry.ask(
        scope.visible.only([issue.project_id]),
        {name: q.Field(name) for name in EVENT_ROW},
        where,
        scope.period.start,
        end,
        order_by=[q.Order("timestamp", True), q.Order("event_id", True)],
        limit=limit + 1,
    )
    shown = rows[:limit]
    following = f"{shown[-1][1]}:{shown[-1][0]}" if len(rows) > limit else None
    return [event_row(row) for row in shown], following


def load_event(visible: VisibleProjects, issue: Issue, event_id: str) -> StoredEvent | None:
    """One event of the issue with its neighbours; `event_id` may be `latest` or `oldest`.

    None for an issue that may not be seen. Raises StoreError.
    """
    visible = visible.only([issue.project_id])
    where = [telemetry.in_groups(group_ids(issue))]
    start, end = issue.first_seen - _SECOND, issue.last_seen + _SECOND
    if event_id in ("latest", "oldest") and has_few_events(issue):
        known = history(visible, issue)
        event_id = known[-1 if event_id == "latest" else 0].event_id if known else ""
    at: int | None = None
    if event_id not in ("latest", "oldest"):
        wanted = clean_event_id(event_id)
        if wanted is None:
            return None
        where.append(q.Compare(q.Field("event_id"), "=", wanted))
        if has_few_events(issue):
            past = (one for one in history(visible, issue) if one.event_id == wanted)
            at = next((one.timestamp for one in past), None)
    if at is not None:
        row = stored.read_exact(visible, where, at)
    else:
        row = stored.read_row(visible, where, start, end, newest=event_id != "oldest")
    if row is None:
        return None
    return stored.build(visible, issue.project, row, neighbours(visible, issue, row))


def find_event(
    visible: VisibleProjects, project: Project, event_id: str
) -> tuple[Issue, StoredEvent] | None:
    """An event of a project by its id alone, with its issue.

    One that was stored this moment, and has no issue yet, is not found before it has.
    """
    wanted = clean_event_id(event_id)
    if wanted is None:
        return None
    visible = visible.only([project.pk])
    where: list[q.Condition] = [q.Compare(q.Field("event_id"), "=", wanted)]
    row = stored.read_row(visible, where, *telemetry.kept(), newest=True)
    if row is None:
        return None
    issue = issue_of_group(visible, project.pk, row["group_id"])
    return (issue, stored.build(visible, project, row, {})) if issue is not None else None


def read_attachment(
    visible: VisibleProjects, project: Project, event_id: str, attachment_id: str
) -> bytes | None:
    """The bytes of an attachment of this project's event."""
    wanted, file = clean_event_id(event_id), clean_event_id(attachment_id)
    if wanted is None or file is None:
        return None
    start, end = telemetry.kept()
    select = q.Select(
        table=ATTACHMENTS.name,
        projects=visible.only([project.pk]),
        columns={"blob": q.Field("blob")},
        where=[
            q.Compare(q.Field("event_id"), "=", wanted),
            q.Compare(q.Field("attachment_id"), "=", file),
        ],
        start=telemetry.micros(start),
        end=telemetry.micros(end),
        limit=1,
    )
    rows = store().query(select).rows
    return stored.blobs().get(rows[0][0]) if rows else None
