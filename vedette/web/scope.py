"""The shared filter of every page, read from the URL: projects, environments, time range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest

from vedette import clock
from vedette.issues.reading import Period, Scope
from vedette.issues.telemetry import clamped
from vedette.projects.models import Project
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer

PERIODS = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "14d": ("Last 14 days", timedelta(days=14)),
    "30d": ("Last 30 days", timedelta(days=30)),
    "90d": ("Last 90 days", timedelta(days=90)),
}
DEFAULT_PERIOD = "14d"
PARAMETERS = ("project", "environment", "period", "start", "end")
_MOST_ENVIRONMENTS = 50
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFilter:
    """What the URL asks for; `query` carries it on to the next page."""

    selected: tuple[Project, ...]
    scope: Scope
    query: str

    @property
    def period_name(self) -> str:
        """The picker's words for the time range."""
        label = self.scope.period.label
        return PERIODS[label][0] if label in PERIODS else label


def shared_filter(request: HttpRequest, viewer: Viewer) -> SharedFilter:
    """The filter of this request, worked out once. Raises Http404 for a foreign project."""
    known = getattr(request, "shared_filter", None)
    if isinstance(known, SharedFilter):
        return known
    selected = tuple(viewer.project(name) for name in request.GET.getlist("project") if name)
    environments = request.GET.getlist("environment")[:_MOST_ENVIRONMENTS]
    kept = [
        (name, value)
        for name in PARAMETERS
        for value in request.GET.getlist(name)[:_MOST_ENVIRONMENTS]
        if value
    ]
    made = SharedFilter(
        selected=selected,
        scope=Scope(
            visible=viewer.visible.only(project.pk for project in selected or viewer.projects),
            environments=tuple(name for name in environments if name),
            period=clamped(read_period(request)),
            person_id=viewer.user.pk,
        ),
        query=urlencode(kept),
    )
    request.shared_filter = made  # type: ignore[attr-defined]
    return made


def read_period(request: HttpRequest) -> Period:
    """The time range: `period=24h`, or `start=` and `end=` in ISO 8601; else the default.

    Raises BadQuery for what is no time, and for an unknown period.
    """
    start = read_moment(request.GET.get("start", ""), "start")
    end = read_moment(request.GET.get("end", ""), "end")
    now = clock.now()
    if start and (end or now) > start:
        last = end or now
        label = f"{start:%-d %b %Y %H:%M} to {last:%-d %b %Y %H:%M} UTC"
        return Period(start=start, end=last, label=label)
    label = request.GET.get("period") or DEFAULT_PERIOD
    if label not in PERIODS:
        raise BadQuery(f"the period is one of {', '.join(PERIODS)}")
    return Period(start=now - PERIODS[label][1], end=now, label=label)


def read_moment(text: str, name: str) -> datetime | None:
    """A time in UTC from ISO 8601; None for an empty text. Raises BadQuery for anything else.

    Near the ends of time, where no sum is safe, it is moved to where one is.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(f"{name} is no time in ISO 8601") from None
    if moment.year < _EARLIEST.year:
        return _EARLIEST
    if moment.year > _LATEST.year:
        return _LATEST
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
