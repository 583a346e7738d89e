"""`monitors/`: cron jobs in Sentry's paths and shapes, for `sentry-cli` and scripts."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.crons.checkin import slug_of
from vedette.crons.course import RunStatus
from vedette.crons.schedule import BadSchedule, Schedule
from vedette.monitors import saving
from vedette.monitors.drafts import Draft, draft_of
from vedette.monitors.jobs.agreeing import KINDS
from vedette.monitors.models import JobCourse, JobRun, Monitor, MonitorStanding
from vedette.monitors.passive._jobs import merged, settings_of, terms_of
from vedette.monitors.saving import MonitorProblems
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.monitor_bodies import MonitorBody, agreement_of
from vedette.web.api.monitor_shapes import monitor_shape, run_shape
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import Filter, Name, Names, Text, paginate
from vedette.web.audit import note_change

_MOST_ON_A_PAGE: Final = 100
_RESOLUTIONS: Final = {"1m": 60, "5m": 300, "10m": 600, "30m": 1800, "1h": 3600, "1d": 86400}
_MOST_BUCKETS: Final = 10_000


class MonitorsQuery(OffsetPaging):
    """Which monitors, of which projects and environments; `query` is part of a name."""

    project: Names = []
    environment: Names = []
    query: Text = ""


class StatsQuery(Filter):
    """Counts by bucket; `resolution` is 1m to 1d, `since` and `until` are seconds since 1970."""

    since: float | None = None
    until: float | None = None
    resolution: Name = "1h"


@endpoint(get=Action.VIEW_ALERTS, post=Action.CHANGE_ALERTS, query=MonitorsQuery, body=MonitorBody)
def monitors(
    request: HttpRequest,
    caller: Caller,
    query: MonitorsQuery,
    body: MonitorBody | None,
    organization: str,
) -> HttpResponse:
    """The jobs of an organisation, by name; POST makes one."""
    if body is not None:
        return _create(request, caller, organization, body)
    projects = caller.projects(organization)
    wanted = [one for one in query.project if one != "-1"]
    if wanted:
        projects = [one for one in projects if one.slug in wanted or str(one.pk) in wanted]
    rows = Monitor.objects.filter(project__in=projects, kind__in=KINDS)
    if query.query:
        rows = rows.filter(name__icontains=query.query)
    if query.environment:
        rows = rows.filter(standings__environment__in=query.environment).distinct()
    rows = rows.select_related("project__organization").order_by("name", "pk")
    found, following = query.page(rows, most=_MOST_ON_A_PAGE)
    return paginate(request, answer(_shapes(found, query.environment)), following=following)


@endpoint(
    get=Action.VIEW_ALERTS,
    put=Action.CHANGE_ALERTS,
    delete=Action.CHANGE_ALERTS,
    query=Filter,
    body=MonitorBody,
)
def one_monitor(
    request: HttpRequest,
    caller: Caller,
    query: Filter,
    body: MonitorBody | None,
    organization: str,
    monitor: str,
    project: str = "",
) -> HttpResponse:
    """One job by its slug or id. PUT changes what the body has, DELETE removes it."""
    row = _find(caller, organization, monitor, [*query.project, *([project] if project else [])])
    if request.method == "DELETE":
        saving.remove(row)
        note_change(request, row.project.organization, f"monitor {row.slug}: removed", caller.name)
        return HttpResponse(status=202)
    if request.method == "PUT" and body is not None:
        _change(caller, row, body)
        note_change(request, row.project.organization, f"monitor {row.slug}: changed", caller.name)
    return answer(_shapes([row], query.environment)[0])


@endpoint(get=Action.VIEW_ALERTS, query=MonitorsQuery)
def checkins(
    request: HttpRequest,
    caller: Caller,
    query: MonitorsQuery,
    organization: str,
    monitor: str,
    project: str = "",
) -> HttpResponse:
    """The last runs of a job, the newest first."""
    row = _find(caller, organization, monitor, [*query.project, *([project] if project else [])])
    runs = JobRun.objects.filter(standing__monitor=row).select_related("standing")
    if query.environment:
        runs = runs.filter(standing__environment__in=query.environment)
    found, following = query.page(runs.order_by("-at", "-pk"), most=_MOST_ON_A_PAGE)
    try:
        terms = terms_of(row.settings)
    except BadSchedule:
        terms = None
    response = answer([run_shape(one, one.standing.environment, terms) for one in found])
    return paginate(request, response, following=following)


@endpoint(get=Action.VIEW_ALERTS, query=StatsQuery)
def stats(
    request: HttpRequest,
    caller: Caller,
    query: StatsQuery,
    organization: str,
    monitor: str,
    project: str = "",
) -> HttpResponse:
    """How many runs came to what, by time."""
    row = _find(caller, organization, monitor, [*query.project, *([project] if project else [])])
    width = _RESOLUTIONS.get(query.resolution)
    if width is None:
        names = ", ".join(_RESOLUTIONS)
        raise ApiError(400, f"Invalid resolution {query.resolution!r}: choose one of {names}")
    start, end = _range(query)
    if (end - start) / width > _MOST_BUCKETS:
        raise ApiError(400, "There are too many buckets: take a longer resolution")
    first = start - start % width
    runs = JobRun.objects.filter(
        standing__monitor=row,
        at__gte=datetime.fromtimestamp(first, UTC),
        at__lt=datetime.fromtimestamp(end, UTC),
    )
    if query.environment:
        runs = runs.filter(standing__environment__in=query.environment)
    counts: dict[int, Counter[str]] = {}
    lasted: dict[int, list[float]] = {}
    for at, status, seconds in runs.values_list("at", "status", "seconds"):
        bucket = int(at.timestamp()) // width * width
        counts.setdefault(bucket, Counter())[status] += 1
        if seconds is not None:
            lasted.setdefault(bucket, []).append(seconds)
    return answer(
        [
            {
                "ts": bucket,
                **{str(one): counts.get(bucket, Counter())[str(one)] for one in RunStatus},
                "duration": _mean(lasted.get(bucket, ())) * 1000,
            }
            for bucket in range(first, end, width)
        ]
    )


def _find(caller: Caller, organization: str, reference: str, projects: Sequence[str]) -> Monitor:
    """The caller's job. Raises ApiError 404."""
    mine = caller.projects(organization)
    wanted = [one for one in projects if one != "-1"]
    if wanted:
        mine = [one for one in mine if one.slug in wanted or str(one.pk) in wanted]
    rows = Monitor.objects.filter(project__in=mine, kind__in=KINDS)
    rows = rows.select_related("project__organization").order_by("pk")
    found = rows.filter(slug=reference[:60]).first()
    if found is None:
        try:
            found = rows.filter(key=uuid.UUID(reference).hex).first()
        except ValueError:
            found = None
    if found is None:
        raise not_found()
    return found


def _create(
    request: HttpRequest, caller: Caller, organization: str, body: MonitorBody
) -> HttpResponse:
    if not body.project:
        raise ApiError(400, "Invalid field project: say whose job it is")
    project = caller.project(organization, body.project)
    name = " ".join((body.name or body.slug or "").split())
    if not name:
        raise ApiError(400, "Invalid field name: a monitor needs a name")
    if body.config is None:
        raise ApiError(400, "Invalid field config: say when the job runs")
    agreement = agreement_of(body.config)
    slug = slug_of(body.slug or name)
    if body.slug and Monitor.objects.filter(project=project, slug=slug).exists():
        raise ApiError(400, f"Invalid field slug: there is a monitor {slug}")
    draft = Draft(
        slug=slug,
        name=name,
        kind="cron",
        settings=settings_of(agreement),
        numbers={"fail_after": agreement.fail_after, "recover_after": agreement.recover_after},
        is_enabled=body.status != "disabled",
    )
    try:
        row = saving.create(project, draft, by=caller.user)
    except MonitorProblems as error:
        raise ApiError(400, str(error)) from None
    note_change(request, project.organization, f"monitor {row.slug}: made", caller.name)
    row = Monitor.objects.select_related("project__organization").get(pk=row.pk)
    return answer(_shapes([row], [])[0], status=201)


def _change(caller: Caller, row: Monitor, body: MonitorBody) -> None:
    changes: dict[str, Any] = {}
    if body.name is not None and body.name.strip():
        changes["name"] = " ".join(body.name.split())
    if body.status is not None:
        changes["is_enabled"] = body.status == "active"
    if body.config is not None:
        agreement = agreement_of(body.config, _schedule_of(row))
        changes["settings"] = merged(agreement, row.settings)
        numbers = {"fail_after": agreement.fail_after, "recover_after": agreement.recover_after}
        changes["numbers"] = {name: numbers[name] for name in numbers if name in agreement.named}
    draft = draft_of(row, **changes)
    try:
        saving.change(row, draft, by=caller.user, is_from_file=row.is_from_file)
    except MonitorProblems as error:
        raise ApiError(400, str(error)) from None


def _schedule_of(row: Monitor) -> Schedule | None:
    try:
        return terms_of(row.settings).schedule
    except BadSchedule:
        return None


def _shapes(rows: Sequence[Monitor], environments: Sequence[str]) -> list[dict[str, Any]]:
    standings: dict[int, list[MonitorStanding]] = {row.pk: [] for row in rows}
    held = MonitorStanding.objects.filter(monitor__in=standings).exclude(environment="")
    if environments:
        held = held.filter(environment__in=environments)
    for one in held.order_by("environment"):
        standings[one.monitor_id].append(one)
    courses = JobCourse.objects.filter(standing__monitor__in=standings).in_bulk()
    return [monitor_shape(row, standings[row.pk], courses) for row in rows]


def _range(query: StatsQuery) -> tuple[int, int]:
    period = query.period("24h")
    start, end = period.start.timestamp(), period.end.timestamp()
    if query.since is not None and query.until is not None:
        start, end = query.since, query.until
    if not 0 <= start < end < 1e11:
        raise ApiError(400, "since must be before until")
    return int(start), int(end)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


_BY_PROJECT = "projects/<str:organization>/<str:project>/monitors/<str:monitor>/"
_OF_ALL = "organizations/<str:organization>/monitors/<str:monitor>/"
ROUTES = [
    path("organizations/<str:organization>/monitors/", monitors),
    *(path(base, one_monitor) for base in (_OF_ALL, _BY_PROJECT)),
    *(path(f"{base}checkins/", checkins) for base in (_OF_ALL, _BY_PROJECT)),
    *(path(f"{base}stats/", stats) for base in (_OF_ALL, _BY_PROJECT)),
]
