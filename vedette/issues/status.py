"""Changes of an issue's status by people. The caller says which projects it may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from vedette import clock
from vedette.accounts.models import User
from vedette.issues.models import EscalationWatch, Issue, Status, Substatus
from vedette.projects.models import Project
from vedette.releases.resolving import ByRelease, forget_resolutions, note_resolutions
from vedette.workflow.noting import forget_resolved, note_resolved

_SUBSTATUS = {
    Status.UNRESOLVED: Substatus.ONGOING,
    Status.RESOLVED: Substatus.ONGOING,
    Status.IGNORED: Substatus.ARCHIVED,
}


def set_status(
    projects: Sequence[Project],
    issue_ids: Iterable[int],
    status: Status,
    *,
    by_release: ByRelease | None = None,
    by: User | None = None,
) -> dict[int, Status]:
    """Give the issues a status and return the status each changed issue had before.

    With `by_release` they are resolved by a release, also those that are resolved already.
    `by` is who does it, and is not told of it. Issues outside `projects` are left alone, as if
    they did not exist. Raises UnknownRelease.
    """
    mine = Issue.objects.filter(project__in=projects, pk__in=list(issue_ids))
    with transaction.atomic():
        before = _write(mine, status)
        if by_release is not None:
            note_resolutions(mine, by_release)
        elif status == Status.RESOLVED:
            forget_resolutions(before)
        if status == Status.RESOLVED:
            note_resolved(before, by)
    return before


def restore_statuses(projects: Sequence[Project], statuses: Mapping[int, Status]) -> int:
    """Undo a change: put each issue back to its former status; returns how many were.

    One that was resolved by a release is so again.
    """
    restored = 0
    for status in Status:
        ids = [pk for pk, held in statuses.items() if held == status]
        if ids:
            mine = Issue.objects.filter(project__in=projects, pk__in=ids)
            with transaction.atomic():
                changed = _write(mine, status)
                forget_resolved(changed)
                restored += len(changed)
    return restored


def _write(mine: QuerySet[Issue], status: Status) -> dict[int, Status]:
    """Within a transaction."""
    changed = mine.exclude(status=status).values_list("pk", "status")
    before = {pk: Status(held) for pk, held in changed}
    Issue.objects.filter(pk__in=before).update(
        status=status,
        substatus=_SUBSTATUS[status],
        resolved_at=clock.now() if status == Status.RESOLVED else None,
    )
    EscalationWatch.objects.filter(issue__in=before).delete()
    if status == Status.IGNORED:
        EscalationWatch.objects.bulk_create(EscalationWatch(issue_id=pk) for pk in before)
    return before
