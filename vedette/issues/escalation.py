"""Archived issues come back when they become much more frequent than they were.

Each has a ceiling for the events of one hour: twice what the busiest hour of the week before it
was archived had, and never less than ten. Events are counted by the hour in which they came,
whenever they are processed, in the same transaction in which the issue has them, so that a
replay neither forgets nor doubles any.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from vedette import clock
from vedette.facts import IssueSeen
from vedette.issues import telemetry
from vedette.issues.models import EscalationWatch, Issue, IssueKey, Status, Substatus
from vedette.items.event import ERRORS
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects

LEAST_CEILING = 10
_TIMES = 2
_WEEK = timedelta(days=7)
_RENEWED_AFTER = timedelta(days=1)
_HOUR = 3600
_MINUTE = 60
_HOURS_HELD = 24  # one digester may be hours behind another
_ISSUES_AT_ONCE = 100
_ROUNDS = 20
_ARCHIVED = Q(issue__status=Status.IGNORED, issue__substatus=Substatus.ARCHIVED)


def count(seen: Sequence[IssueSeen]) -> list[IssueSeen]:
    """Count events to the archived issues among these; says which of them escalate."""
    if not _is_any_watched():
        return []
    by_issue: dict[int, list[IssueSeen]] = defaultdict(list)
    for fact in seen:
        if fact.state == "ongoing":
            by_issue[fact.issue_id].append(fact)
    watched = EscalationWatch.objects.filter(_ARCHIVED, issue__in=by_issue).order_by("issue")
    found = [_counted(watch, by_issue[watch.issue_id]) for watch in watched]
    return [fact for fact in found if fact is not None]


def begin(store: Reader) -> None:
    """Give newly archived issues their ceiling."""
    _renew(store, EscalationWatch.objects.filter(ceiling=None))


def lower(store: Reader) -> None:
    """Lower the ceiling of issues that became rarer; once a day, while the clock is right.

    One that is due much later than that was looked at under a clock that was wrong.
    """
    now = clock.now()
    is_due = Q(due_at__lte=now) | Q(due_at__gt=now + 2 * _RENEWED_AFTER)
    _renew(store, EscalationWatch.objects.filter(is_due, ceiling__isnull=False))


def _renew(store: Reader, watched: QuerySet[EscalationWatch]) -> None:
    due = watched.order_by("due_at", "pk")
    for _ in range(_ROUNDS):
        watches = list(due[:_ISSUES_AT_ONCE])
        if not watches:
            return
        busiest = _busiest_hours(store, watches)
        with transaction.atomic():
            for watch in watches:
                ceiling = max(LEAST_CEILING, _TIMES * busiest[watch.issue_id])
                if watch.ceiling is not None:
                    ceiling = min(ceiling, watch.ceiling)
                EscalationWatch.objects.filter(pk=watch.pk).update(
                    ceiling=ceiling, due_at=clock.now() + _RENEWED_AFTER
                )


def _is_any_watched() -> bool:
    """Most installations archive little: their batches ask no more than this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM issues_escalationwatch LIMIT 1")
        return cursor.fetchone() is not None


def _counted(watch: EscalationWatch, facts: Sequence[IssueSeen]) -> IssueSeen | None:
    first = int(watch.archived_at.timestamp()) // _HOUR
    last = int(clock.timestamp()) // _HOUR + 1  # what is later was noted under a wrong clock
    hours = Counter({int(at): number for at, number in watch.hours.items() if int(at) <= last})
    now = Counter[int]()
    for fact in facts:
        now.update({at: n for at, n in fact.event.by_hour.items() if first <= at <= last})
    hours.update(now)
    if watch.ceiling is not None and any(hours[at] > watch.ceiling for at in now):
        return _escalated(watch, facts[-1])
    held = {str(at): hours[at] for at in sorted(hours)[-_HOURS_HELD:]}
    EscalationWatch.objects.filter(pk=watch.pk).update(hours=held)
    return None


def _escalated(watch: EscalationWatch, last: IssueSeen) -> IssueSeen:
    Issue.objects.filter(pk=watch.issue_id).update(
        status=Status.UNRESOLVED, substatus=Substatus.ESCALATING
    )
    watch.delete()
    return IssueSeen(
        project_id=last.project_id,
        issue_id=last.issue_id,
        group_id=last.group_id,
        state="escalating",
        event=last.event,
    )


def _busiest_hours(store: Reader, watches: Sequence[EscalationWatch]) -> Counter[int]:
    """The most events that each issue had in an hour of the week before it was archived.

    Later, of the week before now: see `lower`. The hour in which it was archived counts to the
    minute, so that what came after does not. Raises StoreError.
    """
    owner = _owners(watches)
    until = {
        watch.issue_id: watch.archived_at if watch.ceiling is None else clock.now()
        for watch in watches
    }
    first, last = min(until.values()), max(until.values())
    hours = Counter[tuple[int, int]]()
    for issue, at, number in _counts(store, owner, first - _WEEK, last, _HOUR):
        if at + _HOUR <= until[issue].timestamp():
            hours[issue, at] += number
    for issue, at, number in _counts(store, owner, first - timedelta(hours=1), last, _MINUTE):
        moment = until[issue].timestamp()
        if moment // _HOUR * _HOUR <= at < moment // _MINUTE * _MINUTE:
            hours[issue, int(moment // _HOUR) * _HOUR] += number
    busiest = Counter[int]()
    for (issue, _), number in hours.items():
        busiest[issue] = max(busiest[issue], number)
    return busiest


def _owners(watches: Sequence[EscalationWatch]) -> dict[tuple[int, int], int]:
    """The issue of each project's group."""
    keys = IssueKey.objects.filter(issue__in=[watch.issue_id for watch in watches])
    return {
        (project, group): issue
        for project, group, issue in keys.values_list("project_id", "group_id", "issue_id")
    }


def _counts(
    store: Reader,
    owner: Mapping[tuple[int, int], int],
    start: datetime,
    end: datetime,
    seconds: int,
) -> Iterator[tuple[int, int, int]]:
    """Issue, beginning of an interval in seconds since 1970, and its events."""
    select = q.Select(
        table=ERRORS.name,
        projects=VisibleProjects.of_system().only({project for project, _ in owner}),
        columns={
            "project_id": q.Field("project_id"),
            "group_id": q.Field("group_id"),
            "n": telemetry.events(),
            "at": q.bucket(seconds),
        },
        where=[telemetry.in_groups({group for _, group in owner})],
        start=telemetry.micros(start),
        end=telemetry.micros(end),
        group_by=["project_id", "group_id", "at"],
        order_by=[q.Order("n", descending=True)],  # should the answer be cut, by the least
        limit=q.MOST_ROWS,
    )
    for project, group, number, at in store.query(select).rows:
        issue = owner.get((project, group))
        if issue is not None:
            yield issue, at, number
