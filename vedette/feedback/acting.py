"""What people do with feedback: give it to somebody, resolve it, say that it is spam or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from vedette import clock
from vedette.accounts.models import User
from vedette.feedback.models import Feedback, FeedbackStatus
from vedette.feedback.reading import Said

_AT_ONCE = 200


@transaction.atomic
def move(said: Sequence[Said], status: FeedbackStatus, user: User | None) -> int:
    """Put them there; returns how many were elsewhere. From then on no sign of spam moves them."""
    rows = _rows(said)
    moved = [row for row in rows if row.status != status]
    for row in rows:
        row.status, row.decided_at, row.decided_by = status, clock.now(), user
    Feedback.objects.bulk_update(rows, ["status", "decided_at", "decided_by"])
    return len(moved)


@transaction.atomic
def assign(said: Sequence[Said], assignee: User | None) -> int:
    """Give them to somebody who sees their project, or to nobody; returns how many changed."""
    rows = [row for row in _rows(said) if row.assignee != assignee]
    for row in rows:
        row.assignee = assignee
    Feedback.objects.bulk_update(rows, ["assignee"])
    return len(rows)


def forget_before(moment: datetime) -> int:
    """Delete what is older, in pieces so that no other writer waits long; how many."""
    old = Feedback.objects.filter(at__lt=moment).order_by("pk").values_list("pk", flat=True)
    gone = 0
    while found := list(old[:_AT_ONCE]):
        Feedback.objects.filter(pk__in=found).delete()
        gone += len(found)
    return gone


def _rows(said: Iterable[Said]) -> list[Feedback]:
    """The rows of these, locked in the order of their ids, and made where there is none yet."""
    wanted = list(said)
    Feedback.objects.bulk_create(
        [
            Feedback(project_id=one.project_id, feedback_id=one.id, at=one.at)
            for one in sorted(wanted, key=lambda one: (one.project_id, one.id))
        ],
        ignore_conflicts=True,
    )
    places = {(one.project_id, one.id) for one in wanted}
    held = Feedback.objects.filter(
        project__in={project for project, _ in places},
        feedback_id__in=[name for _, name in places],
    )
    rows = held.select_for_update(of=("self",)).select_related("assignee").order_by("pk")
    return [row for row in rows if (row.project_id, row.feedback_id) in places]
