"""The events of an issue that has few: one question answers neighbours, counters and chart.

Kept for a moment, so that the parts of one page share it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from vedette.issues import telemetry
from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

FEW_EVENTS = 2000
_KEEP_SECONDS = 2.0
_MOST_KEPT = 64
_SECOND = timedelta(seconds=1)
_kept: dict[tuple[int, int], tuple[float, list[Past]]] = {}


class Past(NamedTuple):
    """One event of the issue: what counters and neighbours need of it."""

    timestamp: int
    event_id: str
    user_number: int | None
    environment: str
    unstored: int | None = None

    @property
    def stood_for(self) -> int:
        """For how many events it stands, itself among them."""
        return 1 + (self.unstored or 0)


def has_few_events(issue: Issue) -> bool:
    """Whether the whole history is small enough to be fetched."""
    return issue.event_count <= FEW_EVENTS


def history(visible: VisibleProjects, issue: Issue) -> list[Past]:
    """Every event of an issue with few that may be seen, oldest first. Raises StoreError."""
    if issue.project_id not in visible:
        return []
    key = (issue.pk, issue.event_count)
    held = _kept.get(key)
    now = time.monotonic()
    if held is not None and now - held[0] < _KEEP_SECONDS:
        return held[1]
    rows = telemetry.ask(
        visible.only([issue.project_id]),
        {name: q.Field(name) for name in Past._fields},
        [telemetry.in_groups(group_ids(issue))],
        issue.first_seen - _SECOND,
        issue.last_seen + _SECOND,
        order_by=[q.Order("timestamp"), q.Order("event_id")],
        limit=2 * FEW_EVENTS,
    )
    found = [Past(*row) for row in rows]
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = (now, found)
    return found


def in_scope(issue: Issue, scope: Scope) -> Iterator[Past]:
    """The issue's events within the shared filter."""
    start, end = telemetry.micros(scope.period.start), telemetry.micros(scope.period.end)
    for past in history(scope.visible, issue):
        if start <= past.timestamp < end and (
            not scope.environments or past.environment in scope.environments
        ):
            yield past
