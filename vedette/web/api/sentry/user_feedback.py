"""`user-feedback/`: what people wrote, of an organisation, a project or an issue.

A report is sent to the path of the project with its DSN; the door takes it.
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.feedback.models import FeedbackStatus
from vedette.feedback.reading import MOST_LOOKED_AT, Said, Wanted, read_inbox
from vedette.issues import reading
from vedette.issues.cursors import read_offset
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.search import SearchError
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Paging, Text, paginate

_PAGE = 100


class FeedbackQuery(Paging):
    """Which feedback: where it lies, and a search."""

    query: Text = ""
    status: Literal["unresolved", "resolved", "spam"] = "unresolved"


@endpoint(get=Action.VIEW_EVENTS, query=FeedbackQuery)
def organization_feedback(
    request: HttpRequest, caller: Caller, query: FeedbackQuery, organization: str
) -> HttpResponse:
    """The feedback of an organisation's projects, the newest first."""
    return _listed(request, caller, query, caller.projects(organization))


@endpoint(get=Action.VIEW_EVENTS, query=FeedbackQuery)
def project_feedback(
    request: HttpRequest, caller: Caller, query: FeedbackQuery, organization: str, project: str
) -> HttpResponse:
    """The feedback of a project, the newest first."""
    return _listed(request, caller, query, [caller.project(organization, project)])


@endpoint(get=Action.VIEW_EVENTS, query=FeedbackQuery)
def issue_feedback(
    request: HttpRequest, caller: Caller, query: FeedbackQuery, issue: str
) -> HttpResponse:
    """The feedback about the events of an issue, the newest first."""
    found = reading.find_issue(caller.visible(), issue)
    if found is None:
        raise not_found()
    return _listed(request, caller, query, [found.project], found)


def _listed(
    request: HttpRequest,
    caller: Caller,
    query: FeedbackQuery,
    projects: list[Project],
    issue: Issue | None = None,
) -> HttpResponse:
    scope = query.scope(caller.visible(), projects)
    wanted = Wanted(query=query.query, status=FeedbackStatus(query.status), issue=issue)
    size = query.size(default=_PAGE, most=_PAGE)
    offset = min(read_offset(query.cursor), MOST_LOOKED_AT)
    try:
        inbox = read_inbox(scope, wanted, limit=size, offset=offset)
    except SearchError as error:
        raise ApiError(400, str(error)) from None
    shown = answer([_shape(one) for one in inbox.rows])
    following = f"o:{offset + size}" if inbox.has_more else None
    return paginate(request, shown, following=following)


def _shape(said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "eventID": said.event_id or None,
        "event": {"id": said.event_id, "eventID": said.event_id} if said.event_id else None,
        "name": said.name,
        "email": said.email,
        "comments": said.comments,
        "url": said.url,
        "status": said.status,
        "spam": list(said.signs),
        "dateCreated": time_text(said.at),
        "user": {"id": said.user_id, "email": said.email, "name": said.name}
        if said.user_id
        else None,
    }


ROUTES = [
    path("organizations/<str:organization>/user-feedback/", organization_feedback),
    path("projects/<str:organization>/<str:project>/user-feedback/", project_feedback),
    path("projects/<str:organization>/<str:project>/user-reports/", project_feedback),
    path("issues/<str:issue>/user-reports/", issue_feedback),
    path("issues/<str:issue>/user-feedback/", issue_feedback),
]
