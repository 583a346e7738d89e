"""Archived issues come back when they become much more frequent than they were.

Each has a ceiling for the events of one hour: twice what the busiest hour of the week before
had, and never less than ten. The hour's events are counted in the same transaction in which
the issue has them, so that a replay neither forgets nor doubles any.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Q

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
_FORECAST_FROM = timedelta(days=7)
_RENEWED_AFTER = timedelta(days=1)
_HOUR = 3600
_ISSUES_AT_ONCE = 100
_ROUNDS = 20
_ARCHIVED = Q(issue__status=Status.IGNORED, issue__substatus=Substatus.ARCHIVED)


def count(seen: Sequence[IssueSeen]) -> list[IssueSeen]:
    """Count events to the archived issues among these; says which of them escalate."""
    by_issue: dict[int, list[IssueSeen]] = defaultdict(list)
    for fact in seen:
        if fact.state == "ongoing":
            by_issue[fact.issue_id].append(fact)
    watched = EscalationWatch.objects.filter(_ARCHIVED, issue__in=by_issue).order_by("issue")
    found = [_counted(watch, by_issue[watch.issue_id]) for watch in watched]
    return [fact for fact in found if fact is not None]


def renew(store: Reader) -> None:
    """Give newly archived issues their ceiling, and old ceilings the last week's figures."""
    EscalationWatch.objects.exclude(_ARCHIVED).delete()
    archived = Issue.objects.filter(status=Status.IGNORED, substatus=Substatus.ARCHIVED)
    due = archived.filter(
        Q(watch=None) | Q(watch__renewed_at__lt=clock.now() - _RENEWED_AFTER)
    ).order_by("pk")
    for _ in range(_ROUNDS):
        issue_ids = list(due.values_list("pk", flat=True)[:_ISSUES_AT_ONCE])
        if not issue_ids:
            return
        busiest = _busiest_hours(store, issue_ids)
        for issue_id in issue_ids:
            EscalationWatch.objects.update_or_create(
                issue_id=issue_id,
                defaults={
                    "ceiling": max(LEAST_CEILING, _TIMES * busiest[issue_id]),
                    "renewed_at": clock.now(),
                },
            )


def _counted(watch: EscalationWatch, facts: Sequence[IssueSeen]) -> IssueSeen | None:
    hours = Counter[int]()
    for fact in facts:
        hours[int(fact.event.received) // _HOUR] += fact.event.count
    for hour, number in sorted(hours.items()):
        if hour < watch.hour:
            continue  # late; that hour is over
        watch.count = watch.count + number if hour == watch.hour else number
        watch.hour = hour
        if watch.count > watch.ceiling:
            return _escalated(watch, facts[-1])
    watch.save(update_fields=["hour", "count"])
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


def _busiest_hours(store: Reader, issue_ids: Iterable[int]) -> Counter[int]:
    """The most events that each issue had in one hour of the last week. Raises StoreError."""
    keys = IssueKey.objects.filter(issue__in=issue_ids)
    owner = {
        (project, group): issue
        for project, group, issue in keys.values_list("project_id", "group_id", "issue_id")
    }
    now = clock.now()
    select = q.Select(
        table=ERRORS.name,
        projects=VisibleProjects.of_system().only({project for project, _ in owner}),
        columns={
            "project_id": q.Field("project_id"),
            "group_id": q.Field("group_id"),
            "n": q.count(),
            "at": q.bucket(_HOUR),
        },
        where=[telemetry.in_groups({group for _, group in owner})],
        start=telemetry.micros(now - _FORECAST_FROM),
        end=telemetry.micros(now),
        group_by=["project_id", "group_id", "at"],
        order_by=[q.Order("n", descending=True)],  # should the answer be cut, by the least
        limit=q.MOST_ROWS,
    )
    hours = Counter[tuple[int, int]]()
    for project, group, number, at in store.query(select).rows:
        if (project, group) in owner:
            hours[owner[project, group], at] += number
    busiest = Counter[int]()
    for (issue, _), number in hours.items():
        busiest[issue] = max(busiest[issue], number)
    return busiest
