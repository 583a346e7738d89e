"""Events become issues: the hot statements, written for many rows at once.

Hand-written SQL that SQLite and PostgreSQL both understand; new issues, which are rare, go
through the ORM. Rows are changed in the order of their ids, so that two writers never wait
for each other in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from vedette.facts import EventSeen, IssueSeen
from vedette.issues.models import Issue, IssueKey, Status, Substatus
from vedette.issues.renewal import adopt
from vedette.own_events import OUTAGES
from vedette.projects.models import Project
from vedette.releases.resolving import kept_resolved

NEW_SECONDS = 7 * 86400  # an issue counts as new for its first week
_KEYS_PER_QUERY = 400
_KNOWN = """
SELECT k.project_id, k.group_id, i.id, i.status, i.substatus, i.resolved_at, i.first_seen,
       i.last_seen, i.first_release, i.last_release, i.event_type, i.type, i.value, i.culprit,
       i.level, i.is_unhandled
FROM issues_issuekey k JOIN issues_issue i ON i.id = k.issue_id
WHERE k.group_id IN ({marks}) ORDER BY i.id
"""
_COUNT = (
    "UPDATE issues_issue SET event_count = event_count + %s, last_seen = %s, last_release = %s "
    "WHERE id = %s"
)
_CHANGE = """
UPDATE issues_issue SET event_count = event_count + %s, last_seen = %s, last_release = %s,
  first_seen = %s, first_release = %s, event_type = %s, type = %s, value = %s, culprit = %s,
  level = %s, is_unhandled = %s, status = %s, substatus = %s
WHERE id = %s
"""
_COPIED = (
    *("event_type", "type", "value", "culprit", "filename", "function", "logger", "level"),
    *("platform", "is_unhandled", "first_release", "last_release"),
)
_RESOLVED = Status.RESOLVED.value
_NEW = Substatus.NEW.value
_NEWEST = ("event_type", "type", "value", "culprit", "level", "is_unhandled")


class _Known(NamedTuple):
    """An issue as it is before the batch."""

    id: int
    status: str
    substatus: str
    resolved_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    first_release: str
    last_release: str
    event_type: str
    type: str
    value: str
    culprit: str
    level: str
    is_unhandled: bool


_TEXTS = attrgetter(*_NEWEST)  # these stand last in `_Known`
_BESIDES_TIMES = attrgetter(
    *(name for name in _Known._fields if name not in ("last_seen", "last_release"))
)


def record_events(events: Sequence[EventSeen]) -> list[IssueSeen]:
    """Count the events to their issues and make those that are new; says what changed.

    One event per group. Within a transaction.
    """
    known = _known_issues([event.group_id for event in events])
    seen: list[IssueSeen] = []
    old: list[tuple[_Known, EventSeen]] = []
    for event in events:
        place = (event.project_id, event.group_id)
        issue = known.get(place)
        if issue is None and seen and event.former:  # that of an issue made a moment ago
            adopt([event])
            issue = _known_issues([event.group_id]).get(place)
        if issue is not None:
            old.append((issue, event))
            continue
        issue_id = _create(event)
        if issue_id is not None:
            seen.append(_seen(issue_id, event, "created"))
    return seen + _update(old)


def _update(old: list[tuple[_Known, EventSeen]]) -> list[IssueSeen]:
    """Write what changed; two groups of one issue are written one after the other."""
    seen: list[IssueSeen] = []
    counts: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    held: dict[int, _Known] = {}
    kept = _kept_resolved(old)
    for issue, event in sorted(old, key=lambda pair: pair[0].id):
        before = held.get(issue.id, issue)
        after = _after(before, event, is_kept=issue.id in kept)
        held[issue.id] = after
        regressed = before.status == _RESOLVED and after.status != before.status
        seen.append(_seen(issue.id, event, "regressed" if regressed else "ongoing"))
        if _BESIDES_TIMES(after) == _BESIDES_TIMES(before):
            counts.append(_count_parameters(after, event))
        else:
            changes.append(_change_parameters(after, event))
    with connection.cursor() as cursor:
        if counts:
            cursor.executemany(_COUNT, counts)
        if changes:
            cursor.executemany(_CHANGE, changes)
    return seen


def _kept_resolved(old: list[tuple[_Known, EventSeen]]) -> frozenset[int]:
    """The issues that were resolved by a release which these events do not reach."""
    events: dict[int, list[EventSeen]] = defaultdict(list)
    for issue, event in old:
        if issue.status == _RESOLVED:
            events[issue.id].append(event)
    return kept_resolved(events) if events else frozenset()


def _after(issue: _Known, event: EventSeen, *, is_kept: bool) -> _Known:
    """The issue with the event's times, texts and state."""
    first, last = _time(event.first_seen), _time(event.last_seen)
    is_newest = last >= issue.last_seen
    status, substatus = issue.status, issue.substatus
    if _comes_back(issue, last) and not is_kept:
        status, substatus = Status.UNRESOLVED.value, Substatus.REGRESSED.value
    elif substatus == _NEW and _age_seconds(issue, last) > NEW_SECONDS:
        substatus = Substatus.ONGOING.value
    return _Known(
        issue.id,
        status,
        substatus,
        issue.resolved_at,
        min(first, issue.first_seen),
        last if is_newest else issue.last_seen,
        event.first_release if first < issue.first_seen else issue.first_release,
        (event.last_release if is_newest else "") or issue.last_release,
        *_TEXTS(event if is_newest else issue),
    )


def _comes_back(issue: _Known, last: datetime) -> bool:
    return issue.status == _RESOLVED and bool(issue.resolved_at and last > issue.resolved_at)


def _age_seconds(issue: _Known, at: datetime) -> float:
    return (at - issue.first_seen).total_seconds()


def _known_issues(group_ids: list[int]) -> dict[tuple[int, int], _Known]:
    found: dict[tuple[int, int], _Known] = {}
    lock = " FOR UPDATE OF i" if connection.features.has_select_for_update else ""
    for start in range(0, len(group_ids), _KEYS_PER_QUERY):
        part = sorted(group_ids[start : start + _KEYS_PER_QUERY])
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN.format(marks=marks) + lock, part)
            for project_id, group_id, *rest in cursor.fetchall():
                found[(project_id, group_id)] = _Known(*_read(rest))
    return found


def _read(values: list[Any]) -> list[Any]:
    """Times and truths as Python knows them; SQLite gives times without a zone, and numbers."""
    for at in (3, 4, 5):
        if values[at] is not None and values[at].tzinfo is None:
            values[at] = values[at].replace(tzinfo=UTC)
    values[13] = bool(values[13])
    return values


def _count_parameters(issue: _Known, event: EventSeen) -> tuple[Any, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    return (event.count, adapt(issue.last_seen), issue.last_release, issue.id)


def _change_parameters(issue: _Known, event: EventSeen) -> tuple[Any, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    return (
        event.count,
        adapt(issue.last_seen),
        issue.last_release,
        adapt(issue.first_seen),
        issue.first_release,
        *_TEXTS(issue),
        issue.status,
        issue.substatus,
        issue.id,
    )


def _create(event: EventSeen) -> int | None:
    """A new issue and its key; None if the project was deleted a moment ago."""
    if not Project.objects.filter(id=event.project_id).update(next_short_id=F("next_short_id") + 1):
        return None
    project = Project.objects.get(id=event.project_id)
    if project.first_event_at is None and event.event_type not in OUTAGES:  # nobody sent that
        Project.objects.filter(id=project.id).update(first_event_at=_time(event.received))
    issue = Issue.objects.create(
        project=project,
        short_id=project.next_short_id - 1,
        event_count=event.count,
        first_seen=_time(event.first_seen),
        last_seen=_time(event.last_seen),
        priority=_priority(event),
        **{name: getattr(event, name) for name in _COPIED},
    )
    IssueKey.objects.create(
        project=project,
        issue=issue,
        group_id=event.group_id,
        key=event.key,
        version=event.version,
    )
    return issue.pk


def _seen(issue_id: int, event: EventSeen, state: Any) -> IssueSeen:
    return IssueSeen(
        project_id=event.project_id,
        issue_id=issue_id,
        group_id=event.group_id,
        state=state,
        event=event,
    )


def _priority(event: EventSeen) -> str:
    if event.level == "fatal" or (event.level == "error" and event.is_unhandled):
        return "high"
    return "medium" if event.level == "error" else "low"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
