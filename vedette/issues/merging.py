"""Two issues that are one: keys, counts and dates of the younger go to the older.

Events are never touched: they follow their keys (`IssueKey`).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from vedette import clock
from vedette.issues.models import Assignment, EscalationWatch, Issue, IssueKey, Status, Substatus

merged = (
    Signal()
)  # `kept` and `gone`, in the transaction: whoever holds something of `gone` moves it
_NAMES = ("event_type", "type", "value", "culprit", "filename", "function", "logger", "level")


def merge(one: Issue, other: Issue) -> Issue:
    """Make them one and return it: the issue with the smaller number, with its status.

    A resolved one is open again if the other had an event after that; how often an archived one
    may happen in an hour is counted anew, of both. No batch may be committed meanwhile: its
    counts would go to an issue that is gone.
    """
    with transaction.atomic():
        found = Issue.objects.select_for_update().filter(Q(pk=one.pk) | Q(pk=other.pk))
        kept, gone = sorted(found.order_by("pk"), key=lambda issue: issue.short_id)
        IssueKey.objects.filter(issue=gone).update(issue=kept)
        _take_over(kept, gone)
        kept.save()
        _move_regressions(kept, gone)
        _move_assignment(kept, gone)
        merged.send(sender=Issue, kept=kept, gone=gone)
        now = clock.now()
        EscalationWatch.objects.filter(issue=kept).update(ceiling=None, archived_at=now, due_at=now)
        gone.delete()
    return kept


def _take_over(kept: Issue, gone: Issue) -> None:
    kept.event_count += gone.event_count
    kept.is_unhandled = kept.is_unhandled or gone.is_unhandled
    if gone.first_seen < kept.first_seen:
        kept.first_seen, kept.first_release = gone.first_seen, gone.first_release
    came_back = kept.resolved_at is not None and gone.last_seen > kept.resolved_at
    if kept.status == Status.RESOLVED and came_back:
        kept.status, kept.substatus = Status.UNRESOLVED, Substatus.REGRESSED
    if gone.last_seen > kept.last_seen:
        kept.last_seen = gone.last_seen
        kept.last_release = gone.last_release or kept.last_release
        for name in _NAMES:
            setattr(kept, name, getattr(gone, name))


def _move_regressions(kept: Issue, gone: Issue) -> None:
    """Those of releases in which the kept issue did not come back itself."""
    own = kept.regressions.values_list("release_id", flat=True)
    gone.regressions.exclude(release_id__in=list(own)).update(issue=kept)


def _move_assignment(kept: Issue, gone: Issue) -> None:
    """Who works on the one that goes, where nothing was said of the other."""
    if not Assignment.objects.filter(issue=kept).exists():
        Assignment.objects.filter(issue=gone).update(issue=kept)
