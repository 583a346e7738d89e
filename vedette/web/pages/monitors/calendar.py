"""The calendar of jobs: what ran in the last day, what is expected in the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.access.actions import Action
from vedette.crons.schedule import BadSchedule, Schedule
from vedette.monitors.jobs.agreeing import KINDS
from vedette.monitors.models import JobRun, Monitor
from vedette.monitors.passive._jobs import target, terms_of
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.scope import shared_filter

_HALF = 43_200.0  # seconds before and after now
_MOST_JOBS = 100
_MOST_MARKS = 48  # of one job, on either side: more are drawn as a band


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A run, or a slot to come, in percent of the width."""

    x: float
    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job; `is_dense` where it runs so often that slots are no marks of their own."""

    monitor: Monitor
    schedule: str
    marks: list[Mark]
    is_dense: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarContext:
    """What the page shows; `labels` are hours with their place in percent of the width."""

    lines: list[JobLine]
    labels: list[tuple[float, str]]
    is_cut: bool
    may_change: bool


def show_calendar(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Twelve hours back, twelve ahead."""
    shared = shared_filter(request, viewer)
    projects = [
        one for one in shared.selected or viewer.projects if viewer.may(Action.VIEW_ALERTS, one)
    ]
    now = clock.timestamp()
    rows = Monitor.objects.filter(project__in=projects, kind__in=KINDS, is_paused=False)
    monitors = list(rows.select_related("project").order_by("name", "pk")[: _MOST_JOBS + 1])
    since = datetime.fromtimestamp(now - _HALF, UTC)
    marks: dict[int, list[Mark]] = {one.pk: [] for one in monitors}
    runs = JobRun.objects.filter(standing__monitor__in=monitors, at__gte=since).order_by("-at")
    for pk, status, at in runs.values_list("standing__monitor", "status", "at"):
        moment = at.timestamp()
        if len(marks[pk]) < _MOST_MARKS:
            words = f"{status.replace('_', ' ')}, {at:%H:%M} UTC"
            marks[pk].append(Mark(x=_x(moment, now), tone=status, words=words))
    context = CalendarContext(
        lines=[_line(one, marks[one.pk], now) for one in monitors[:_MOST_JOBS]],
        labels=_labels(now),
        is_cut=len(monitors) > _MOST_JOBS,
        may_change=viewer.may(Action.CHANGE_ALERTS),
    )
    return show(request, "pages/monitors/calendar.html", context, section="monitors")


def _line(monitor: Monitor, ran: list[Mark], now: float) -> JobLine:
    try:
        ahead = _slots(terms_of(monitor.settings).schedule, now)
    except BadSchedule:
        ahead = []
    is_dense = len(ahead) > _MOST_MARKS
    marks = [
        Mark(x=_x(at, now), tone="expected", words=f"expected, {_clock(at)} UTC") for at in ahead
    ]
    return JobLine(
        monitor=monitor,
        schedule=target(monitor.settings),
        marks=ran + ([] if is_dense else marks),
        is_dense=is_dense,
    )


def _slots(schedule: Schedule, now: float) -> list[float]:
    found: list[float] = []
    moment = now
    while len(found) <= _MOST_MARKS:
        moment = schedule.next_after(moment)
        if moment > now + _HALF:
            break
        found.append(moment)
    return found


def _labels(now: float) -> list[tuple[float, str]]:
    first = now - _HALF + (-(now - _HALF)) % 10_800
    moments = [first + hours * 10_800 for hours in range(8)]
    return [(_x(at, now), _clock(at)) for at in moments]


def _x(moment: float, now: float) -> float:
    return round((moment - now + _HALF) / (2 * _HALF) * 100, 2)


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M}"
