"""Events: of an issue, of a project, their attachments, and where an id leads."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from vedette.access.actions import Action
from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.issues.shapes import StoredEvent
from vedette.search import SearchError
from vedette.storage.asking import remove_attachment, remove_event
from vedette.web.api.access import Caller, asker_of
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.event_shapes import attachment_shapes, event_row_shape, event_shape
from vedette.web.api.issue_shapes import issue_shape
from vedette.web.api.parameters import Filter, Name, Paging, Text, paginate
from vedette.web.api.sentry.issues import find_issue
from vedette.web.api.typed import Parameters
from vedette.web.security import SANDBOX_POLICY

_FILE_HEADERS = {
    "Content-Disposition": 'attachment; filename="attachment"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": SANDBOX_POLICY,
}
_ALIASES = {"recommended": "latest", "newest": "latest"}


class EventsQuery(Paging):
    """Which events, and whether each whole."""

    query: Text = ""
    full: Literal["", "0", "1", "true", "false"] = ""


class FileQuery(Parameters):
    """Whether to give the file's bytes."""

    download: Name | None = None


@endpoint(get=Action.VIEW_EVENTS, query=EventsQuery)
def list_issue_events(
    request: HttpRequest, caller: Caller, query: EventsQuery, issue: str, organization: str = ""
) -> HttpResponse:
    """The issue's events, newest first; `full=true` gives them whole."""
    found, scope = find_issue(caller, query, organization, issue)
    try:
        rows, following = reading.list_events(
            found,
            scope,
            query=query.query,
            cursor=query.cursor or None,
            limit=query.size(default=50, most=100),
        )
    except SearchError as error:
        raise ApiError(400, f"Error parsing search query: {error}") from None
    if query.full in ("1", "true"):
        events = [reading.load_event(scope.visible, found, row.event_id) for row in rows]
        shapes = [event_shape(event, found) for event in events if event is not None]
    else:
        shapes = [event_row_shape(row, found) for row in rows]
    return paginate(request, answer(shapes), following=following)


@endpoint(get=Action.VIEW_EVENTS, query=Filter)
def show_issue_event(
    request: HttpRequest,
    caller: Caller,
    query: Filter,
    issue: str,
    event: str,
    organization: str = "",
) -> HttpResponse:
    """One event of the issue: by id, `latest`, `oldest` or `recommended`."""
    found, scope = find_issue(caller, query, organization, issue)
    stored = reading.load_event(scope.visible, found, _ALIASES.get(event, event))
    if stored is None:
        raise not_found()
    return answer(event_shape(stored, found))


@endpoint(get=Action.VIEW_EVENTS, delete=Action.DELETE_EVENTS)
def show_project_event(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """One event of a project by its id, whole; or its end, with its files."""
    issue, stored = _find(caller, organization, project, event)
    if request.method == "DELETE":
        remove_event(stored.project, stored.event_id, asker_of(request, caller))
        return HttpResponse(status=202)
    return answer(event_shape(stored, issue))


@endpoint(get=Action.VIEW_EVENTS)
def show_event_json(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """The event's payload as it is stored."""
    _, stored = _find(caller, organization, project, event)
    return answer(stored.payload)


@endpoint(get=Action.VIEW_EVENTS)
def list_attachments(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """The files of an event."""
    _, stored = _find(caller, organization, project, event)
    return answer(attachment_shapes(stored))


@endpoint(get=Action.VIEW_EVENTS, delete=Action.DELETE_EVENTS, query=FileQuery)
def show_attachment(
    request: HttpRequest,
    caller: Caller,
    query: FileQuery,
    organization: str,
    project: str,
    event: str,
    attachment: str,
) -> HttpResponse:
    """A file's description, with `download` its bytes, which no browser will execute; its end."""
    _, stored = _find(caller, organization, project, event)
    about = {shape["id"]: shape for shape in attachment_shapes(stored)}
    if attachment not in about:
        raise not_found()
    if request.method == "DELETE":
        name = str(about[attachment]["name"])
        remove_attachment(stored.project, attachment, name, asker_of(request, caller))
        return HttpResponse(status=204)
    if "download" not in request.GET:
        return answer(about[attachment])
    data = reading.read_attachment(
        caller.visible(organization), stored.project, stored.event_id, attachment
    )
    if data is None:
        raise not_found()
    return HttpResponse(data, content_type="application/octet-stream", headers=_FILE_HEADERS)


@endpoint(get=Action.VIEW_EVENTS)
def resolve_event_id(
    request: HttpRequest, caller: Caller, organization: str, event: str
) -> HttpResponse:
    """Which project and issue an event id belongs to."""
    for project in caller.projects(organization):
        found = reading.find_event(caller.visible(organization), project, event)
        if found is not None:
            issue, stored = found
            return answer(
                {
                    "organizationSlug": caller.organization(organization).slug,
                    "projectSlug": project.slug,
                    "groupId": str(issue.pk),
                    "eventId": stored.event_id,
                    "event": event_shape(stored, issue),
                }
            )
    raise not_found()


@endpoint(get=Action.VIEW_EVENTS, query=Filter)
def resolve_short_id(
    request: HttpRequest, caller: Caller, query: Filter, organization: str, short_id: str
) -> HttpResponse:
    """The issue of a short name."""
    found, _ = find_issue(caller, query, organization, short_id)
    return answer(
        {
            "organizationSlug": caller.organization(organization).slug,
            "projectSlug": found.project.slug,
            "groupId": str(found.pk),
            "shortId": found.short_name,
            "group": issue_shape(found, count=found.event_count, users=0),
        }
    )


def _find(caller: Caller, organization: str, project: str, event: str) -> tuple[Issue, StoredEvent]:
    visible = caller.visible(organization)
    found = reading.find_event(visible, caller.project(organization, project), event)
    if found is None:
        raise not_found()
    return found


def _both(suffix: str, view: Any) -> list[URLPattern]:
    return [
        path(f"organizations/<str:organization>/issues/<str:issue>/{suffix}", view),
        path(f"issues/<str:issue>/{suffix}", view),
    ]


_PROJECT = "projects/<str:organization>/<str:project>/events/<str:event>/"
ROUTES = [
    *_both("events/", list_issue_events),
    *_both("events/<str:event>/", show_issue_event),
    path(_PROJECT, show_project_event),
    path(f"{_PROJECT}json/", show_event_json),
    path(f"{_PROJECT}attachments/", list_attachments),
    path(f"{_PROJECT}attachments/<str:attachment>/", show_attachment),
    path("organizations/<str:organization>/eventids/<str:event>/", resolve_event_id),
    path("organizations/<str:organization>/shortids/<str:short_id>/", resolve_short_id),
]
