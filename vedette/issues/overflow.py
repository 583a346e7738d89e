"""A project makes at most so many new issues in an hour; the rest share one.

Random fingerprints, or a build that renames everything, would else fill the list and the
database with issues of one event each. Nothing is lost: the events are stored, counted and
found in an issue that says why it exists.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db import connection

from vedette import clock
from vedette.facts import EventSeen
from vedette.issues.models import Issue
from vedette.pipeline.steps import group_number

KEY = b"too many issues"
TITLE = "Too many new issues"
_MOST_KNOWN = 50_000
_KEYS_PER_QUERY = 400


class Overflow:
    """Counts new issues by project and hour. For one thread at a time."""

    def __init__(self, issues_per_hour: int) -> None:
        self._most = issues_per_hour
        self._known: dict[tuple[int, int], None] = {}
        self._hour = 0
        self._made: dict[int, int] = {}

    def collect(self, events: Sequence[EventSeen]) -> list[EventSeen]:
        """The events, one for one; those over the limit as events of the shared group."""
        if not self._most:
            return list(events)
        hour = int(clock.timestamp()) // 3600
        if hour != self._hour:
            self._hour, self._made = hour, {}
        unknown = {(one.project_id, one.group_id) for one in events} - self._known.keys()
        if unknown:
            self._learn(unknown)
        return [self._placed(event) for event in events]

    def _placed(self, event: EventSeen) -> EventSeen:
        group = (event.project_id, event.group_id)
        if group in self._known:
            return event
        made = self._made_by(event.project_id)
        if made >= self._most:
            return self._shared(event)
        self._made[event.project_id] = made + 1
        self._remember(group)
        return event

    def _shared(self, event: EventSeen) -> EventSeen:
        return msgspec.structs.replace(
            event,
            group_id=group_number(KEY, event.project_id),
            key=KEY.hex()[:32],
            type=TITLE,
            value=f"more than {self._most:,} in an hour: the events of further ones are here",
            culprit="",
            level="warning",
            is_unhandled=False,
        )

    def _made_by(self, project_id: int) -> int:
        """How many issues the project has made in this hour; asked once, then counted."""
        if project_id not in self._made:
            since = clock.now().replace(minute=0, second=0, microsecond=0)
            self._made[project_id] = Issue.objects.filter(
                project_id=project_id, created_at__gte=since
            ).count()
        return self._made[project_id]

    def _learn(self, groups: set[tuple[int, int]]) -> None:
        """Remember which of these groups have an issue."""
        numbers = sorted({group_id for _, group_id in groups})
        for start in range(0, len(numbers), _KEYS_PER_QUERY):
            part = numbers[start : start + _KEYS_PER_QUERY]
            marks = ", ".join(["%s"] * len(part))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT project_id, group_id FROM issues_issuekey WHERE group_id IN ({marks})",  # noqa: S608 - only placeholders are put in
                    part,
                )
                for project_id, group_id in cursor.fetchall():
                    self._remember((project_id, group_id))

    def _remember(self, group: tuple[int, int]) -> None:
        self._known[group] = None
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
