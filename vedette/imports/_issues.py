"""Makes an issue as it was elsewhere: state, counts, number, who works on it, groups of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from vedette import clock
from vedette.accounts.models import User
from vedette.imports._records import Group, IssueRecord
from vedette.issues.models import Assignment, EscalationWatch, Issue, IssueKey, Status, Substatus
from vedette.pipeline.steps import group_number
from vedette.projects.models import Project

_MOST_SHORT_ID = 1_000_000_000  # the next ones need room, too
_TEXTS = (
    *("event_type", "type", "value", "culprit", "filename", "function", "logger", "level"),
    *("platform", "priority", "first_release", "last_release"),
)


def take_issue(record: IssueRecord, project: Project) -> bool:
    """Make the issue, unless one of its groups leads to one here; whether it was made.

    Within a transaction.
    """
    own = _numbers(record.groups, project)
    wanted = {**own, **_numbers(record.joins, project)}
    known = IssueKey.objects.filter(project=project, group_id__in=list(wanted))
    held = {key.group_id: key.issue_id for key in known.order_by("pk")}
    mine = [issue_id for number, issue_id in held.items() if number in own]
    issue_id = mine[0] if mine else _make(record, project).pk
    IssueKey.objects.bulk_create(
        [
            _key(project, issue_id, number, group)
            for number, group in wanted.items()
            if number not in held
        ]
    )
    return not mine


def _numbers(groups: Sequence[Group], project: Project) -> dict[int, Group]:
    return {group_number(bytes.fromhex(one.key), project.pk): one for one in groups}


def _key(project: Project, issue_id: int, number: int, group: Group) -> IssueKey:
    return IssueKey(
        project=project, issue_id=issue_id, group_id=number, key=group.key, version=group.version
    )


def _make(record: IssueRecord, project: Project) -> Issue:
    status = Status(record.status)
    now = clock.now()
    issue = Issue.objects.create(
        project=project,
        short_id=_short_id(record.short_id, project),
        status=status,
        substatus=Substatus(record.substatus),
        is_unhandled=record.is_unhandled,
        event_count=max(record.event_count, 0),
        first_seen=record.first_seen,
        last_seen=record.last_seen,
        resolved_at=(record.resolved_at or now) if status == Status.RESOLVED else None,
        created_at=record.created_at or now,
        **_texts(record),
    )
    if status == Status.IGNORED:
        EscalationWatch.objects.create(issue=issue)
    _assign(issue, record.assignee, project)
    return issue


def _texts(record: IssueRecord) -> dict[str, Any]:
    """The texts as far as the columns have room."""
    found: dict[str, Any] = {}
    for name in _TEXTS:
        text = record.texts.get(name)
        if text:
            most = Issue._meta.get_field(name).max_length  # type: ignore[union-attr]
            found[name] = text[:most]
    return found


def _short_id(wanted: int, project: Project) -> int:
    """The number that it had, if that is free, else the next one."""
    mine = Project.objects.filter(pk=project.pk)
    if 0 < wanted <= _MOST_SHORT_ID:
        mine.update(next_short_id=Greatest(F("next_short_id"), Value(wanted + 1)))
        if not Issue.objects.filter(project=project, short_id=wanted).exists():
            return wanted
    mine.update(next_short_id=F("next_short_id") + 1)
    return mine.values_list("next_short_id", flat=True).get() - 1


def _assign(issue: Issue, email: str, project: Project) -> None:
    """To the member with this address, if there is one. Nobody is told: it is not new."""
    user = User.objects.filter(
        email=email.strip().lower(),
        is_active=True,
        memberships__organization=project.organization_id,
    ).first()
    if email and user is not None:
        Assignment.objects.create(issue=issue, user=user)
