"""Events: of an issue, of a project, their attachments, and where an id leads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.issues.shapes import StoredEvent
from vedette.search import SearchError
from vedette.web.api.access import ApiError, Caller, answer, endpoint, not_found
from vedette.web.api.event_shapes import attachment_shapes, event_row_shape, event_shape
from vedette.web.api.issue_shapes import issue_shape
from vedette.web.api.parameters import paginate, read_limit
from vedette.web.api.sentry.issues import find_issue

_ALIASES = {"recommended": "latest", "newest": "latest"}


@endpoint("GET")
def list_issue_events(
    request: HttpRequest, caller: Caller, issue: str, organization: str = ""
) -> HttpResponse:
    """The issue's events, newest first; `full=true` gives them whole."""
    found, scope = find_issue(request, caller, organization, issue)
    try:
        rows, following = reading.list_events(
            found,
            scope,
            query=request.GET.get("query", ""),
            cursor=request.GET.get("cursor") or None,
            limit=read_limit(request, default=50, most=100),
        )
    except SearchError as error:
        raise ApiError(400, f"Error parsing search query: {error}") from None
    if request.GET.get("full") in ("1", "true"):
        events = [reading.load_event(scope.visible, found, row.event_id) for row in rows]
        shapes = [event_shape(event, found) for event in events if event is not None]
    else:
        shapes = [event_row_shape(row, found) for row in rows]
    return paginate(request, answer(shapes), following=following)


@endpoint("GET")
def show_issue_event(
    request: HttpRequest, caller: Caller, issue: str, event: str, organization: str = ""
) -> HttpResponse:
    """One event of the issue: by id, `latest`, `oldest` or `recommended`."""
    found, scope = find_issue(request, caller, organization, issue)
    stored = reading.load_event(scope.visible, found, _ALIASES.get(event, event))
    if stored is None:
        raise not_found()
    return answer(event_shape(stored, found))


@endpoint("GET")
def show_project_event(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """One event of a project by its id, whole."""
    issue, stored = _find(caller, organization, project, event)
    return answer(event_shape(stored, issue))


@endpoint("GET")
def show_event_json(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """The event's payload as it is stored."""
    _, stored = _find(caller, organization, project, event)
    return answer(stored.payload)


@endpoint("GET")
def list_attachments(
    request: HttpRequest, caller: Caller, organization: str, project: str, event: str
) -> HttpResponse:
    """The files of an event."""
    _, stored = _find(caller, organization, project, event)
    return answer(attachment_shapes(stored))


@endpoint("GET")
def show_attachment(
    request: HttpRequest,
    caller: Caller,
    organization: str,
    project: str,
    event: str,
    attachment: str,
) -> HttpResponse:
    """A file's description, or with `download` its bytes, which no browser will execute."""
    _, stored = _find(caller, organization, project, event)
    for file in stored.attachments:
        if file.id == attachment:
            if "download" not in request.GET:
                return answer(
                    next(one for one in attachment_shapes(stored) if one["id"] == attachment)
                )
            data = reading.read_attachment(
                caller.visible(organization), stored.project, stored.event_id, attachment
            )
            if data is None:
                break
            return HttpResponse(
                data,
                content_type="application/octet-stream",
                headers={
                    "Content-Disposition": 'attachment; filename="attachment"',
                    "X-Content-Type-Options": "nosniff",
                    "Content-Security-Policy": "sandbox; default-src 'none'",
                },
            )
    raise not_found()


@endpoint("GET")
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
                    "groupId": str(issue.pk) if issue else None,
                    "eventId": stored.event_id,
                    "event": event_shape(stored, issue),
                }
            )
    raise not_found()


@endpoint("GET")
def resolve_short_id(
    request: HttpRequest, caller: Caller, organization: str, short_id: str
) -> HttpResponse:
    """The issue of a short name."""
    found, _ = find_issue(request, caller, organization, short_id)
    return answer(
        {
            "organizationSlug": caller.organization(organization).slug,
            "projectSlug": found.project.slug,
            "groupId": str(found.pk),
            "shortId": found.short_name,
            "group": issue_shape(found, count=found.event_count, users=0),
        }
    )


def _find(
    caller: Caller, organization: str, project: str, event: str
) -> tuple[Issue | None, StoredEvent]:
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
