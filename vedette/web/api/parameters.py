"""Query parameters that many endpoints share: time range, projects, environments, paging."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import clamped
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects
from vedette.web.api.access import ApiError
from vedette.wire.tolerant import parse_timestamp

_SPAN = re.compile(r"(\d{1,5})\s*([smhdw])\Z")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LONGEST = timedelta(days=400)


def read_span(text: str) -> timedelta | None:
    """The length of `14d`, `24h`, `30m`; None for anything else."""
    match = _SPAN.match(text.strip())
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]]) if match else None


def read_period(request: HttpRequest, default: str) -> Period:
    """`statsPeriod`, or `start` and `end`; times without a zone are UTC. Raises ApiError 400."""
    now = clock.now()
    start, end = request.GET.get("start"), request.GET.get("end")
    if start or end:
        first = parse_timestamp(start) if start else None
        last = parse_timestamp(end) if end else None
        if (start and first is None) or (end and last is None):
            raise ApiError(400, "start and end must be times in ISO 8601")
        until = datetime.fromtimestamp(last, UTC) if last is not None else now
        since = datetime.fromtimestamp(first, UTC) if first is not None else until - _LONGEST
        if since >= until:
            raise ApiError(400, "start must be before end")
        return Period(start=since, end=until, label="")
    label = request.GET.get("statsPeriod") or default
    span = read_span(label)
    if span is None or not timedelta(0) < span <= _LONGEST:
        raise ApiError(400, f"Invalid stats_period: {label[:20]!r}")
    return Period(start=now - span, end=now + timedelta(seconds=1), label=label)


def read_scope(
    request: HttpRequest,
    visible: VisibleProjects,
    projects: list[Project],
    *,
    default: str = "90d",
) -> Scope:
    """The shared filter from the query; `project` may repeat and be an id, a slug or -1.

    Times are cut to those for which telemetry is kept.
    """
    wanted = [value for value in request.GET.getlist("project") if value not in ("", "-1")]
    chosen = [
        project for project in projects if project.slug in wanted or str(project.pk) in wanted
    ]
    if wanted and not chosen:
        raise ApiError(403, "You do not have permission to perform this action.")
    return Scope(
        visible=visible.only(project.pk for project in (chosen if wanted else projects)),
        environments=tuple(value for value in request.GET.getlist("environment") if value),
        period=clamped(read_period(request, default)),
    )


def read_limit(request: HttpRequest, *, default: int, most: int) -> int:
    """`limit` or `per_page`, within bounds."""
    text = request.GET.get("limit") or request.GET.get("per_page") or str(default)
    if not text.isdigit():
        raise ApiError(400, "limit must be a whole number")
    return max(1, min(int(text), most))


def paginate(
    request: HttpRequest,
    response: HttpResponse,
    *,
    following: str | None,
    previous: str | None = None,
) -> HttpResponse:
    """Add Sentry's Link header: both relations, with `results` saying whether there is more."""
    links = []
    for relation, cursor in (("previous", previous), ("next", following)):
        query = request.GET.copy()
        query["cursor"] = cursor or ""
        url = _absolute(request, f"{request.path}?{urlencode(list(query.lists()), True)}")
        links.append(
            f'<{url}>; rel="{relation}"; results="{str(bool(cursor)).lower()}"; '
            f'cursor="{cursor or ""}"'
        )
    response["Link"] = ", ".join(links)
    return response


def _absolute(request: HttpRequest, path: str) -> str:
    """The public address where one is set: a proxy's https does not reach this process."""
    config = settings.CONFIG
    if not config.url:
        return request.build_absolute_uri(path)
    return str(config.base_url.removesuffix(config.path_prefix)) + path
