"""Writes down what people want to hear of, within the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vedette import clock
from vedette.accounts.models import User
from vedette.facts import Fact, IssueSeen
from vedette.issues.models import Assignment
from vedette.workflow.models import IssueNews, What


def note_assigned(issue_ids: Iterable[int], user: User, by: User | None) -> None:
    """The issues are the person's now. Nobody is told what they did themselves."""
    if by is not None and by.pk == user.pk:
        return
    _write([(pk, user.pk) for pk in issue_ids], What.ASSIGNED, by)


def note_resolved(issue_ids: Iterable[int], by: User | None) -> None:
    """The issues are resolved: whoever works on them hears of it."""
    held = Assignment.objects.filter(issue__in=list(issue_ids), user__isnull=False)
    pairs = held.order_by("issue").values_list("issue_id", "user_id")
    _write([(pk, user) for pk, user in pairs if by is None or user != by.pk], What.RESOLVED, by)


def forget_resolved(issue_ids: Iterable[int]) -> None:
    """It was undone before anybody was told."""
    IssueNews.objects.filter(issue__in=list(issue_ids), what=What.RESOLVED).delete()


def note_regressed(seen: Sequence[IssueSeen]) -> list[Fact]:
    """Issues that came back: whoever works on them hears of it."""
    back = {one.issue_id for one in seen if one.state == "regressed"}
    if back:
        held = Assignment.objects.filter(issue__in=back, user__isnull=False)
        pairs = held.order_by("issue").values_list("issue_id", "user_id")
        _write(list(pairs), What.REGRESSED, None)
    return []


def _write(pairs: Sequence[tuple[int, int | None]], what: What, by: User | None) -> None:
    now = clock.now()
    IssueNews.objects.bulk_create(
        IssueNews(issue_id=issue, user_id=user, what=what, by=by, at=now)
        for issue, user in pairs
        if user is not None
    )
