"""Finding an issue by any name people paste: number, short name, event id, trace id."""

from __future__ import annotations

from django.db.models import Q

from vedette.issues import telemetry
from vedette.issues.models import Issue, IssueKey
from vedette.issues.shapes import Destination
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id


def seen_by(visible: VisibleProjects) -> Q:
    """The condition that keeps issues and their keys within what may be seen."""
    return Q() if visible.is_everything else Q(project_id__in=list(visible))


def find_issue(visible: VisibleProjects, issue_id: str) -> Issue | None:
    """The issue with this number or short name (SHOP-12), if it may be seen."""
    mine = Issue.objects.filter(seen_by(visible)).select_related("project").prefetch_related("keys")
    if issue_id.isascii() and issue_id.isdigit() and len(issue_id) < 19:
        return mine.filter(pk=int(issue_id)).first()
    slug, _, number = issue_id.rpartition("-")
    if not slug or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return mine.filter(project__slug=slug.lower(), short_id=int(number)).first()


def group_ids(issue: Issue) -> list[int]:
    """The store's numbers of the groups that make up an issue; those that it was found with."""
    return [one.group_id for one in issue.keys.all()]


def issue_of_group(visible: VisibleProjects, project_id: int, group_id: int) -> Issue | None:
    """The issue that a group of a project belongs to."""
    key = IssueKey.objects.filter(
        seen_by(visible), project_id=project_id, group_id=group_id
    ).first()
    return Issue.objects.select_related("project").get(pk=key.issue_id) if key else None


def find_anything(visible: VisibleProjects, text: str) -> Destination | None:
    """Where an event id, trace id, issue number or short name leads. Raises StoreError."""
    text = text.strip()
    identifier = clean_event_id(text)
    if identifier is None:
        issue = find_issue(visible, text)
        return Destination(issue=issue) if issue else None
    for column in ("event_id", "trace_id", "replay_id"):
        rows = telemetry.ask(
            visible,
            {name: q.Field(name) for name in ("project_id", "group_id", "event_id", "timestamp")},
            [q.Compare(q.Field(column), "=", identifier)],
            *telemetry.kept(),
            order_by=[q.Order("timestamp", True)],
            limit=1,
        )
        if rows:
            project_id, group_id, event_id, _ = rows[0]
            issue = issue_of_group(visible, project_id, group_id)
            if issue is not None:
                return Destination(issue=issue, event_id=event_id)
    return None
