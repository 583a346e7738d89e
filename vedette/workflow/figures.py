"""What a week was like in the projects that a person sees, and the week before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from vedette.alerts.models import Alert, Closing
from vedette.issues import reading, telemetry
from vedette.issues.categories import IS_ERROR
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.releases.models import Regression, ReleaseProject
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

_WORST = 5
_RELEASES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures of one week. Alerts that nobody closed are neither noise nor none."""

    events: int
    new: int
    regressed: int
    resolved: int
    alerts: int
    acknowledged: int
    not_real: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.events or self.new or self.alerts or self.resolved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A report's content. `projects` have events of this week and of the one before."""

    start: datetime
    end: datetime
    now: Counts
    before: Counts
    projects: list[tuple[Project, int, int]]
    worst: list[tuple[Issue, int, int]]
    releases: list[tuple[str, list[str]]]


def week_between(
    visible: VisibleProjects, projects: Sequence[Project], start: datetime, end: datetime
) -> Week:
    """The figures from `start` to `end` of these projects. Raises StoreError."""
    mine = visible.only([project.pk for project in projects])
    span = end - start
    events, earlier = _events(mine, start, end), _events(mine, start - span, start)
    rows = [(one, events[one.pk], earlier[one.pk]) for one in projects]
    return Week(
        start=start,
        end=end,
        now=_counts(projects, sum(events.values()), start, end),
        before=_counts(projects, sum(earlier.values()), start - span, start),
        projects=sorted((row for row in rows if row[1] or row[2]), key=lambda row: -row[1]),
        worst=_worst(mine, start, end),
        releases=_releases(projects, start, end),
    )


def _events(visible: VisibleProjects, start: datetime, end: datetime) -> dict[int, int]:
    """Events by project."""
    rows = telemetry.ask(
        visible,
        {"project_id": q.Field("project_id"), "count": telemetry.events()},
        [IS_ERROR],
        start,
        end,
        group_by=["project_id"],
        limit=10_000,
    )
    return defaultdict(int, {row[0]: row[1] for row in rows})


def _counts(projects: Sequence[Project], events: int, start: datetime, end: datetime) -> Counts:
    issues = Issue.objects.filter(project__in=projects)
    back = Regression.objects.filter(issue__project__in=projects, at__gte=start, at__lt=end)
    fired = Alert.objects.filter(project__in=projects, fired_at__gte=start, fired_at__lt=end)
    alerts = fired.aggregate(
        fired=Count("pk"),
        acknowledged=Count("pk", filter=~Q(acknowledged_at=None)),
        not_real=Count("pk", filter=Q(closed_as=Closing.NOT_REAL)),
    )
    return Counts(
        events=events,
        new=issues.filter(created_at__gte=start, created_at__lt=end).count(),
        regressed=back.values("issue").distinct().count(),
        resolved=issues.filter(resolved_at__gte=start, resolved_at__lt=end).count(),
        alerts=alerts["fired"],
        acknowledged=alerts["acknowledged"],
        not_real=alerts["not_real"],
    )


def _worst(
    visible: VisibleProjects, start: datetime, end: datetime
) -> list[tuple[Issue, int, int]]:
    """The issues with most events, with events and users."""
    period = reading.Period(start=start, end=end, label="")
    page = reading.list_issues(
        reading.Scope(visible=visible, period=period), query="", sort="freq", limit=_WORST
    )
    return [(row.issue, row.event_count, row.user_count) for row in page.rows if row.event_count]


def _releases(
    projects: Sequence[Project], start: datetime, end: datetime
) -> list[tuple[str, list[str]]]:
    """Releases that appeared, the newest first, each with its projects."""
    rows = ReleaseProject.objects.filter(
        project__in=projects, created_at__gte=start, created_at__lt=end
    )
    found: dict[str, list[str]] = {}
    pairs = rows.order_by("-created_at", "-pk").values_list("release__version", "project__name")
    for version, name in pairs[:200]:
        found.setdefault(version, []).append(name)
    return list(found.items())[:_RELEASES]


def trend(now: int, before: int) -> str:
    """A figure against that of the week before, in words."""
    if before == 0:
        return "none the week before" if now else "as the week before"
    if now == before:
        return "as the week before"
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return "about as the week before"
    return f"{abs(percent):,} % {'more' if percent > 0 else 'less'} than the week before"
