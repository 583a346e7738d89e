"""Maintenance that somebody plans: once, each week, or from now on around a deploy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.monitors.windows import end_window, window_of
from vedette.projects.models import Project
from vedette.uptime.maintenance import MOST_MINUTES, is_on

MOST_OF_A_PROJECT: Final = 200
_MOST_OVER: Final = 200  # that are listed
_LONGEST: Final = timedelta(days=366)
_AHEAD: Final = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A window as somebody wants it. With `weekdays` (0 is Monday) it is one of each week.

    Without `ends_at` one that is once lasts for `minutes`. Without monitors and tags it is for all
    of the project.
    """

    name: str
    monitors: Sequence[Monitor] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minutes: int = 60
    weekdays: Sequence[int] = ()
    start_minute: int = 0
    zone: str = "UTC"


def plan(project: Project, wanted: Plan, *, by: User | None = None) -> MaintenanceWindow:
    """Keep it. Raises ValueError, in words."""
    now = clock.now()
    starts, ends = wanted.starts_at, wanted.ends_at
    if not wanted.weekdays:
        starts = starts or now
        ends = ends or starts + timedelta(minutes=wanted.minutes)
    _check(project, wanted, starts, ends, now)
    with transaction.atomic():
        row = MaintenanceWindow.objects.create(
            project=project,
            name=wanted.name.strip(),
            tags=dict(wanted.tags),
            covers_all=not wanted.monitors and not wanted.tags,
            starts_at=starts,
            ends_at=ends,
            weekdays=sorted(set(wanted.weekdays)),
            start_minute=wanted.start_minute,
            minutes=wanted.minutes,
            zone=wanted.zone,
            created_by=by,
        )
        row.monitors.set(wanted.monitors)
    return row


def stop(row: MaintenanceWindow) -> None:
    """It is over now, or will not be; what is over already stays as it was."""
    now = clock.now()
    has_begun = row.starts_at is None or row.starts_at <= now
    if not has_begun:
        row.delete()
    elif row.ends_at is None or row.ends_at > now:
        end_window(row, now)


def windows_of(projects: Sequence[Project]) -> list[MaintenanceWindow]:
    """All that are on or to come, then the newest of what was over in the last week."""
    now = clock.now()
    rows = MaintenanceWindow.objects.filter(project__in=projects)
    rows = rows.select_related("project", "created_by").prefetch_related("monitors")
    lasting = rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("-starts_at", "-pk")
    over = rows.filter(ends_at__lte=now, ends_at__gt=now - timedelta(days=7))
    return [*lasting, *over.order_by("-ends_at", "-pk")[:_MOST_OVER]]


def state_of(row: MaintenanceWindow) -> str:
    """`on`, `planned` or `over`."""
    now = clock.now()
    if is_on(window_of(row), now.timestamp()):
        return "on"
    return "over" if row.ends_at is not None and row.ends_at <= now else "planned"


def _check(
    project: Project,
    wanted: Plan,
    starts: datetime | None,
    ends: datetime | None,
    now: datetime,
) -> None:
    if not wanted.name.strip() or len(wanted.name) > 128:
        raise ValueError("a name has 1 to 128 characters")
    if starts is not None and ends is not None and ends <= starts:
        raise ValueError("maintenance ends after it begins")
    if ends is not None and (ends <= now or ends > now + _AHEAD):
        raise ValueError("maintenance ends in the future, within five years")
    if not wanted.weekdays and starts is not None and ends is not None and ends - starts > _LONGEST:
        raise ValueError("maintenance lasts at most a year")
    if not 1 <= wanted.minutes <= MOST_MINUTES:
        raise ValueError(f"it lasts 1 to {MOST_MINUTES:,} minutes")
    if any(day not in range(7) for day in wanted.weekdays) or wanted.start_minute not in range(
        1440
    ):
        raise ValueError("weekdays are 0 (Monday) to 6, the time is one of a day")
    try:
        ZoneInfo(wanted.zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {wanted.zone[:64]}") from None
    if any(monitor.project_id != project.pk for monitor in wanted.monitors):
        raise ValueError("its monitors are all of one project")
    held = MaintenanceWindow.objects.filter(project=project)
    if held.filter(Q(ends_at=None) | Q(ends_at__gt=now)).count() >= MOST_OF_A_PROJECT:
        raise ValueError(f"the project has {MOST_OF_A_PROJECT} windows; end some first")
