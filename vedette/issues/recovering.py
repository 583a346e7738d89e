"""Issues that are resolved because what they are about is over, by no person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from vedette.issues.models import Issue, IssueKey, Recovery, Status, Substatus
from vedette.releases.resolving import forget_resolutions
from vedette.uptime.outages import OutageOver
from vedette.workflow.noting import note_resolved

Lasting: TypeAlias = Callable[[int], set[int]]


def resolve_over(facts: Sequence[OutageOver], lasting: Lasting) -> None:
    """Resolve the open issues of these groups, since the moment at which each was over.

    One that was seen after that is open again by right; one that was merged of several is open
    until all of them are over: `lasting` gives the groups of a project that are not. Within a
    transaction.
    """
    by_group = {(fact.project_id, fact.group_id): fact for fact in facts}
    keys = IssueKey.objects.filter(group_id__in={group for _, group in by_group})
    found: dict[int, OutageOver] = {}
    for project_id, group_id, issue_id in keys.values_list("project_id", "group_id", "issue_id"):
        fact = by_group.get((project_id, group_id))
        held = found.get(issue_id)
        if fact is not None and (held is None or held.at < fact.at):
            found[issue_id] = fact
    rows = Issue.objects.filter(pk__in=found, status=Status.UNRESOLVED).order_by("pk")
    for issue in rows.select_for_update():
        fact = found[issue.pk]
        at = datetime.fromtimestamp(fact.at, UTC)
        if issue.last_seen <= at and not _lasts(issue, fact.group_id, lasting):
            _resolve(issue, at, fact.words)


def recoveries_of(issues: Iterable[Issue]) -> dict[int, Recovery]:
    """Why each of these issues is resolved, where it is so by itself."""
    resolved = {one.pk: one.resolved_at for one in issues if one.status == Status.RESOLVED}
    rows = Recovery.objects.filter(issue__in=resolved) if resolved else ()
    return {row.issue_id: row for row in rows if row.at == resolved[row.issue_id]}


def _lasts(issue: Issue, group_id: int, lasting: Lasting) -> bool:
    """Whether something else that is the same issue is down."""
    groups = set(IssueKey.objects.filter(issue=issue).values_list("group_id", flat=True))
    others = groups - {group_id}
    return bool(others) and not others.isdisjoint(lasting(issue.project_id))


def _resolve(issue: Issue, at: datetime, words: str) -> None:
    issue.status, issue.substatus = Status.RESOLVED, Substatus.ONGOING
    issue.resolved_at = at
    issue.save(update_fields=["status", "substatus", "resolved_at"])
    Recovery.objects.update_or_create(issue=issue, defaults={"at": at, "words": words})
    forget_resolutions([issue.pk])
    note_resolved([issue.pk], None)
