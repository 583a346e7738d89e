"""Which issues and files take most: asked of the store when somebody wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vedette.issues import telemetry
from vedette.issues.models import Issue, IssueKey
from vedette.items.attachment import ATTACHMENTS
from vedette.items.event import ERRORS
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

MOST = 25
_MOST_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeIssue:
    """An issue with what its events were when they came, before they were packed."""

    issue: Issue
    events: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFile:
    """A file that came with an event, and the issue on whose page it is shown, if there is one."""

    id: str
    name: str
    bytes: int
    at: datetime
    event_id: str
    project_id: int
    issue: Issue | None


def largest_issues(visible: VisibleProjects) -> list[LargeIssue]:
    """Those whose events are largest together. Raises StoreError."""
    rows = telemetry.ask(
        visible,
        {
            "project": q.Field("project_id"),
            "group": q.Field("group_id"),
            "n": q.count(),
            "size": q.call("sum", q.Field("size_bytes")),
        },
        [],
        *telemetry.kept(),
        group_by=["project", "group"],
        order_by=[q.Order("size", True)],
        limit=_MOST_GROUPS,
    )
    issues = _issues_of((project, group) for project, group, _, _ in rows)
    found: dict[int, LargeIssue] = {}
    for project, group, count, size in rows:
        issue = issues.get((project, group))
        if issue is None:
            continue
        held = found.get(issue.pk)
        before = (held.events, held.bytes) if held else (0, 0)
        found[issue.pk] = LargeIssue(
            issue=issue, events=before[0] + count, bytes=before[1] + (size or 0)
        )
    return sorted(found.values(), key=lambda one: -one.bytes)[:MOST]


def largest_files(visible: VisibleProjects) -> list[LargeFile]:
    """The largest attachments. Raises StoreError."""
    names = ("attachment_id", "name", "size_bytes", "timestamp", "event_id", "project_id")
    rows = telemetry.ask(
        visible,
        {name: q.Field(name) for name in names},
        [],
        *telemetry.kept(),
        table=ATTACHMENTS.name,
        order_by=[q.Order("size_bytes", True)],
        limit=MOST,
    )
    groups = _groups_of_events(visible, [row[4] for row in rows])
    issues = _issues_of(groups.values())
    return [
        LargeFile(
            id=row[0],
            name=row[1],
            bytes=row[2],
            at=telemetry.moment(row[3]),
            event_id=row[4],
            project_id=row[5],
            issue=issues.get(groups.get((row[5], row[4]), (0, 0))),
        )
        for row in rows
    ]


def _groups_of_events(
    visible: VisibleProjects, event_ids: list[Any]
) -> dict[tuple[int, str], tuple[int, int]]:
    """By project and event the project and group."""
    if not event_ids:
        return {}
    rows = telemetry.ask(
        visible,
        {name: q.Field(name) for name in ("project_id", "event_id", "group_id")},
        [q.OneOf(q.Field("event_id"), event_ids)],
        *telemetry.kept(),
        table=ERRORS.name,
    )
    return {(project, event): (project, group) for project, event, group in rows}


def _issues_of(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Issue]:
    """The issues of groups, by project and group."""
    wanted = set(places)
    keys = IssueKey.objects.filter(
        project__in={project for project, _ in wanted}, group_id__in={group for _, group in wanted}
    )
    return {
        (key.project_id, key.group_id): key.issue
        for key in keys.select_related("issue__project")
        if (key.project_id, key.group_id) in wanted
    }
