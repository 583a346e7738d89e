"""Maintenance windows: which monitors are under maintenance now, and the one around a deploy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.projects.models import Project
from vedette.uptime.maintenance import Once, Weekly, is_on, spans

MOST_DEPLOY_MINUTES: Final = 24 * 60


def window_of(row: MaintenanceWindow) -> Once | Weekly:
    """What is kept, as what can be asked."""
    start = row.starts_at.timestamp() if row.starts_at else None
    end = row.ends_at.timestamp() if row.ends_at else None
    if not row.weekdays:
        return Once(start or row.created_at.timestamp(), end)
    return Weekly(
        weekdays=frozenset(row.weekdays),
        start_minute=row.start_minute,
        minutes=row.minutes,
        zone=row.zone,
        since=start,
        until=end,
    )


def under_maintenance(now: float) -> dict[int, str]:
    """By monitor the name of a window that is on."""
    rows = _not_over(now)
    found: dict[int, str] = {}
    for row in rows:
        if is_on(window_of(row), now):
            found |= dict.fromkeys(monitors_of(row), row.name)
    return found


class Spans:
    """When monitors of some projects were under maintenance since a moment, for whoever judges
    later than that: the clock knows only what is on now."""

    def __init__(self, projects: Iterable[int], since: float, now: float) -> None:
        self._spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for row in _not_over(since).filter(project__in=set(projects)):
            found = spans(window_of(row), since, now)
            for monitor_id in monitors_of(row) if found else ():
                self._spans[monitor_id] += found

    def on(self, monitor_id: int, at: float, since: float) -> tuple[float, float] | None:
        """The one that was on at a moment, and not over before another."""
        held = self._spans.get(monitor_id, ())
        return next((one for one in held if one[0] <= at < one[1] and since < one[1]), None)

    def ended(self, monitor_id: int, at: float) -> float | None:
        """When the last one before this had ended, if none was on then."""
        held = self._spans.get(monitor_id, ())
        if any(start <= at < end for start, end in held):
            return None
        return max((end for _, end in held if end <= at), default=None)


def monitors_of(row: MaintenanceWindow) -> list[int]:
    """Those it is for, but what is paused: named ones, those with its tags; or all."""
    rows = Monitor.objects.filter(project=row.project_id, is_paused=False)
    if row.covers_all:
        return list(rows.values_list("pk", flat=True))
    named = [one.pk for one in row.monitors.all()]
    found = set(rows.filter(pk__in=named).values_list("pk", flat=True))
    if row.tags:
        wanted = row.tags.items()
        tagged = rows.values_list("pk", "tags")
        found |= {pk for pk, tags in tagged if wanted <= tags.items()}
    return sorted(found)


def begin_deploy(
    project: Project,
    monitors: Iterable[Monitor],
    *,
    minutes: int,
    name: str = "Deploy",
    by: User | None = None,
) -> MaintenanceWindow:
    """Maintenance of these from now on, until it is ended, for so many minutes at most."""
    now = clock.now()
    most = min(max(minutes, 1), MOST_DEPLOY_MINUTES)
    row = MaintenanceWindow.objects.create(
        project=project,
        name=name[:128],
        starts_at=now,
        ends_at=now + timedelta(minutes=most),
        minutes=most,
        created_by=by,
    )
    row.monitors.set(monitors)
    return row


def end_window(row: MaintenanceWindow, at: datetime | None = None) -> None:
    """It is over now, whatever was planned."""
    row.ends_at = at or clock.now()
    row.save(update_fields=["ends_at"])


def _not_over(now: float) -> QuerySet[MaintenanceWindow]:
    lasting = Q(ends_at=None) | Q(ends_at__gt=datetime.fromtimestamp(now, UTC))
    return MaintenanceWindow.objects.filter(lasting).prefetch_related("monitors").order_by("pk")
