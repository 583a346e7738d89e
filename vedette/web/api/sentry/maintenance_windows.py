"""`maintenance-windows/`: times in which monitors are neither counted nor told of, by scripts.

Around a deploy: POST with `minutes`, and DELETE when it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.monitors import planning
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.projects.models import Project
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.incident_bodies import MaintenanceBody
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.moments import moment_of
from vedette.web.api.parameters import Names
from vedette.web.api.typed import Parameters
from vedette.web.audit import note_change


class WindowsQuery(Parameters):
    """Of which projects; `on` are those that are on now."""

    project: Names = []
    status: Literal["", "on", "planned", "over"] = ""


@endpoint(
    get=Action.VIEW_ALERTS, post=Action.CHANGE_ALERTS, query=WindowsQuery, body=MaintenanceBody
)
def maintenance_windows(
    request: HttpRequest,
    caller: Caller,
    query: WindowsQuery,
    body: MaintenanceBody | None,
    organization: str,
) -> HttpResponse:
    """The windows that are on, to come, or were over in the last week; POST begins or plans one."""
    if body is not None:
        return _create(request, caller, organization, body)
    projects = caller.projects(organization)
    wanted = [one for one in query.project if one != "-1"]
    if wanted:
        projects = [one for one in projects if one.slug in wanted or str(one.pk) in wanted]
    shapes = [_shape(row) for row in planning.windows_of(projects)]
    return answer([one for one in shapes if query.status in ("", one["status"])])


@endpoint(get=Action.VIEW_ALERTS, delete=Action.CHANGE_ALERTS)
def one_window(
    request: HttpRequest, caller: Caller, organization: str, window: str
) -> HttpResponse:
    """One window. DELETE ends it now; one that has not begun is taken away."""
    row = _find(caller, organization, window)
    if request.method == "DELETE":
        planning.stop(row)
        words = f"maintenance {row.name} of {row.project.slug}: ended"
        note_change(request, row.project.organization, words, caller.name)
        return HttpResponse(status=204)
    return answer(_shape(row))


def _find(caller: Caller, organization: str, reference: str) -> MaintenanceWindow:
    is_number = reference.isascii() and reference.isdigit() and len(reference) < 19
    rows = MaintenanceWindow.objects.filter(project__in=caller.projects(organization))
    rows = rows.select_related("project__organization").prefetch_related("monitors")
    row = rows.filter(pk=int(reference)).first() if is_number else None
    if row is None:
        raise not_found()
    return row


def _create(
    request: HttpRequest, caller: Caller, organization: str, body: MaintenanceBody
) -> HttpResponse:
    if not body.project:
        raise ApiError(400, "Invalid field project: say whose monitors they are")
    project = caller.project(organization, body.project)
    names_none = not body.monitors and not body.tags
    if names_none and (body.monitors is not None or body.tags is not None):
        raise ApiError(400, "Invalid field monitors: name some, or leave it out for all of them")
    hour, _, minute = (body.start or "00:00").partition(":")
    wanted = planning.Plan(
        name=body.name or "Deploy",
        monitors=_monitors(project, body.monitors or ()),
        tags=body.tags or {},
        starts_at=moment_of("startsAt", body.starts_at) if body.starts_at else None,
        ends_at=moment_of("endsAt", body.ends_at) if body.ends_at else None,
        minutes=body.minutes or 60,
        weekdays=body.weekdays or (),
        start_minute=int(hour) * 60 + int(minute),
        zone=body.timezone or "UTC",
    )
    try:
        row = planning.plan(project, wanted, by=caller.user)
    except ValueError as error:
        raise ApiError(400, str(error)) from None
    words = f"maintenance {row.name} of {project.slug}: planned"
    note_change(request, project.organization, words, caller.name)
    return answer(_shape(row), status=201)


def _monitors(project: Project, slugs: Sequence[str]) -> list[Monitor]:
    found = list(Monitor.objects.filter(project=project, slug__in=slugs))
    missing = set(slugs) - {one.slug for one in found}
    if missing:
        raise ApiError(400, f"Invalid field monitors: there is no monitor {min(missing)[:60]}")
    return found


def _shape(row: MaintenanceWindow) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "project": row.project.slug,
        "status": planning.state_of(row),
        "monitors": sorted(one.slug for one in row.monitors.all()),
        "tags": row.tags,
        "coversAll": row.covers_all,
        "startsAt": time_text(row.starts_at) if row.starts_at else None,
        "endsAt": time_text(row.ends_at) if row.ends_at else None,
        "weekdays": row.weekdays,
        "start": f"{row.start_minute // 60:02}:{row.start_minute % 60:02}"
        if row.weekdays
        else None,
        "minutes": row.minutes,
        "timezone": row.zone,
    }


_WINDOWS = "organizations/<str:organization>/maintenance-windows/"
ROUTES = [
    path(_WINDOWS, maintenance_windows),
    path(f"{_WINDOWS}<str:window>/", one_window),
]
