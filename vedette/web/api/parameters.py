"""Parameters that many endpoints share: time range, projects, environments, paging."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path
from msgspec import Meta, field

from vedette import clock
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import clamped
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects
from vedette.web.api.errors import ApiError
from vedette.web.api.typed import Parameters
from vedette.wire.scalars import parse_timestamp

_SPAN = re.compile(r"([0-9]{1,5})\s*([smhdw])\Z")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LONGEST = timedelta(days=400)

Response = TypeVar("Response", bound=HttpResponseBase)

Name = Annotated[str, Meta(max_length=200)]
Names = Annotated[list[Name], Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=4000)]
Number = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Filter(Parameters):
    """The shared filter: projects by id or slug, environments, and a range of time."""

    project: Names = []
    environment: Names = []
    stats_period: Annotated[Name, Meta(description="14d, 24h, 30m; or start and end.")] = ""
    start: Annotated[Name, Meta(description="ISO 8601; UTC without a zone.")] = ""
    end: Name = ""

    def period(self, default: str) -> Period:
        """The range of time. Raises ApiError 400."""
        now = clock.now()
        if self.start or self.end:
            until = _moment(self.end) if self.end else now
            since = _moment(self.start) if self.start else until - _LONGEST
            if since >= until:
                raise ApiError(400, "start must be before end")
            return Period(start=since, end=until, label="")
        label = self.stats_period or default
        span = read_span(label)
        if span is None or not timedelta(0) < span <= _LONGEST:
            raise ApiError(400, f"Invalid statsPeriod: {label[:20]!r}")
        return Period(start=now - span, end=now + timedelta(seconds=1), label=label)

    def scope(
        self, visible: VisibleProjects, projects: list[Project], *, default: str = "90d"
    ) -> Scope:
        """What to look at, cut to the times for which telemetry is kept. Raises ApiError.

        `project` may repeat and be an id, a slug or -1 for all.
        """
        wanted = [value for value in self.project if value != "-1"]
        chosen = [one for one in projects if one.slug in wanted or str(one.pk) in wanted]
        if wanted and not chosen:
            raise ApiError(403, "You do not have permission to perform this action.")
        return Scope(
            visible=visible.only(project.pk for project in (chosen if wanted else projects)),
            environments=tuple(self.environment),
            period=clamped(self.period(default)),
        )


class Paging(Filter):
    """A page of a list within the shared filter. `limit` and `per_page` mean the same."""

    cursor: Annotated[
        str, Meta(pattern=r"^[0-9A-Za-z:.-]{0,100}$", description="From the Link header.")
    ] = ""
    limit: Number | None = None
    per_page: Number | None = field(default=None, name="per_page")

    def size(self, *, default: int, most: int) -> int:
        """How many rows to give."""
        wanted = next((one for one in (self.limit, self.per_page) if one is not None), default)
        return max(1, min(wanted, most))


def read_span(text: str) -> timedelta | None:
    """The length of `14d`, `24h`, `30m`; None for anything else."""
    match = _SPAN.match(text.strip())
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]]) if match else None


def paginate(
    request: HttpRequest,
    response: Response,
    *,
    following: str | None,
    previous: str | None = None,
) -> Response:
    """Add Sentry's Link header: both relations, with `results` saying whether there is more."""
    links = []
    path = escape_uri_path(request.path)
    for relation, cursor in (("previous", previous), ("next", following)):
        query = request.GET.copy()
        query["cursor"] = cursor or ""
        url = _absolute(f"{path}?{urlencode(list(query.lists()), True)}")
        links.append(
            f'<{url}>; rel="{relation}"; results="{str(bool(cursor)).lower()}"; '
            f'cursor="{cursor or ""}"'
        )
    response["Link"] = ", ".join(links)
    return response


def _moment(text: str) -> datetime:
    """A time in UTC. Raises ApiError 400 for anything else, also for the ends of time."""
    seconds = parse_timestamp(text)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError):
        pass  # said below: the last microsecond of the year 9999 has no successor
    raise ApiError(400, "start and end must be times in ISO 8601, from the year 1970 to 9999")


def _absolute(path: str) -> str:
    """The address that the installation is known by, never the one that the request names."""
    config = settings.CONFIG
    return str(config.base_url.removesuffix(config.path_prefix)) + path
