"""Issues: the list, one issue, its hashes and tags."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from msgspec import UNSET, Meta, UnsetType

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.issues import reading
from vedette.issues.assigning import NotAMember, assign, assignments_of, find_assignee
from vedette.issues.models import Issue, IssueKey, Status
from vedette.issues.recovering import recoveries_of
from vedette.issues.shapes import Scope, Sort
from vedette.issues.status import set_status
from vedette.releases.resolving import ByRelease, UnknownRelease, resolutions_of
from vedette.storage.asking import remove_issue
from vedette.web.api.access import Caller, asker_of
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.event_shapes import event_shape
from vedette.web.api.issue_shapes import issue_shape, tag_shape
from vedette.web.api.parameters import Filter, Name, Names, Paging, paginate
from vedette.web.api.source_shapes import assignee_shape
from vedette.web.api.typed import Parameters

_SORTS: dict[str, Sort] = {
    "date": "date",
    "new": "new",
    "freq": "freq",
    "user": "user",
    "trends": "trend",
    "trend": "trend",
    "recommended": "date",
    "inbox": "date",
}
_STATUSES = {
    "resolved": Status.RESOLVED,
    "resolvedInNextRelease": Status.RESOLVED,
    "unresolved": Status.UNRESOLVED,
    "ignored": Status.IGNORED,
    "archived": Status.IGNORED,
    "muted": Status.IGNORED,
}


class ListQuery(Paging):
    """Which issues, in which order."""

    query: Annotated[str, Meta(max_length=4000, description="The grammar of docs/search.md.")] = (
        "is:unresolved"
    )
    sort: Literal["date", "new", "freq", "user", "trends", "trend", "recommended", "inbox"] = "date"
    group_stats_period: Name = ""
    id: Names = []


class TagsQuery(Paging):
    """Which tags, and how many values of each."""

    key: Names = []


class StatusDetails(Parameters):
    """By which release an issue is resolved."""

    in_next_release: bool | None = None
    in_release: (
        Annotated[str, Meta(max_length=250, description="A version, or `latest`.")] | None
    ) = None


class StatusChange(Parameters):
    """A new status, somebody who works on it; what is left out stays as it is."""

    status: (
        Literal["resolved", "resolvedInNextRelease", "unresolved", "ignored", "archived", "muted"]
        | None
    ) = None
    status_details: StatusDetails | None = None
    assigned_to: (
        Annotated[str, Meta(max_length=300, description="user:ID, an address, or empty.")]
        | UnsetType
        | None
    ) = UNSET

    def by_release(self, actor: User | None) -> ByRelease | None:
        """The release by which the issue is to be resolved, if it is by one."""
        details = self.status_details or StatusDetails()
        if self.status == "resolvedInNextRelease" or (
            self.status == "resolved" and details.in_next_release
        ):
            return ByRelease(actor=actor)
        if self.status == "resolved" and details.in_release:
            return ByRelease(version=details.in_release, actor=actor)
        return None


@endpoint(get=Action.VIEW_EVENTS, delete=Action.DELETE_EVENTS, query=ListQuery)
def list_issues(
    request: HttpRequest, caller: Caller, query: ListQuery, organization: str, project: str = ""
) -> HttpResponse:
    """The issues that match `query`; without one the unresolved, as in Sentry.

    Deletes those that `id` names.
    """
    if request.method == "DELETE":
        return _delete_issues(request, caller, query, organization, project)
    projects = [caller.project(organization, project)] if project else caller.projects(organization)
    scope = query.scope(caller.visible(organization), projects)
    scope = replace(scope, person_id=caller.user.pk if caller.user else None)
    page = reading.list_issues(
        scope,
        query=query.query,
        sort=_SORTS[query.sort],
        cursor=query.cursor or None,
        limit=query.size(default=25, most=100),
    )
    if page.error:
        raise ApiError(400, f"Error parsing search query: {page.error}")
    resolutions = resolutions_of(row.issue for row in page.rows)
    recoveries = recoveries_of(row.issue for row in page.rows)
    assigned = assignments_of(row.issue for row in page.rows)
    period = query.group_stats_period or scope.period.label or "auto"
    shapes = [
        issue_shape(
            row.issue,
            count=row.event_count,
            users=row.user_count,
            stats=row.sparkline,
            stats_period=period,
            resolution=resolutions.get(row.issue.pk),
            recovery=recoveries.get(row.issue.pk),
        )
        for row in page.rows
    ]
    for shape, row in zip(shapes, page.rows, strict=True):
        shape["assignedTo"] = assignee_shape(assigned.get(row.issue.pk))
    return paginate(
        request, answer(shapes), following=page.next_cursor, previous=page.previous_cursor
    )


@endpoint(
    get=Action.VIEW_EVENTS,
    put=Action.TRIAGE,
    delete=Action.DELETE_EVENTS,
    query=Filter,
    body=StatusChange,
)
def show_issue(
    request: HttpRequest,
    caller: Caller,
    query: Filter,
    body: StatusChange | None,
    issue: str,
    organization: str = "",
) -> HttpResponse:
    """One issue, a change of its status, or its end with all that was reported of it."""
    found, scope = find_issue(caller, query, organization, issue)
    if request.method == "DELETE":
        remove_issue(found, asker_of(request, caller))
        return HttpResponse(status=202)
    if body and body.status:
        _change(found, body, caller.user)
        found.refresh_from_db()
    if body and body.assigned_to is not UNSET:
        _assign(found, body.assigned_to or "", caller.user)
    summary = reading.summarize(found, scope)
    shape = issue_shape(
        found,
        count=found.event_count,
        users=summary.user_count,
        stats=summary.series,
        stats_period=scope.period.label or "auto",
        resolution=resolutions_of([found]).get(found.pk),
        recovery=recoveries_of([found]).get(found.pk),
    )
    tags = reading.tag_distributions(found, scope)
    shape["assignedTo"] = assignee_shape(assignments_of([found]).get(found.pk))
    shape["tags"] = [tag_shape(tag) for tag in tags]
    shape["activity"] = []
    shape["seenBy"] = []
    shape["participants"] = []
    shape["userReportCount"] = 0
    return answer(shape)


@endpoint(get=Action.VIEW_EVENTS, query=Filter)
def list_hashes(
    request: HttpRequest, caller: Caller, query: Filter, issue: str, organization: str = ""
) -> HttpResponse:
    """The grouping keys that lead to the issue, each with its latest event."""
    found, _ = find_issue(caller, query, organization, issue)
    latest = reading.load_event(caller.visible(), found, "latest")
    shapes: list[dict[str, Any]] = []
    for key in IssueKey.objects.filter(issue=found).order_by("id"):
        is_latest = latest is not None and latest.group_id == key.group_id
        shapes.append(
            {
                "id": key.key,
                "mergedBySeer": False,
                "latestEvent": event_shape(latest, found) if latest and is_latest else None,
            }
        )
    return paginate(request, answer(shapes), following=None)


@endpoint(get=Action.VIEW_EVENTS, query=TagsQuery)
def list_tags(
    request: HttpRequest, caller: Caller, query: TagsQuery, issue: str, organization: str = ""
) -> HttpResponse:
    """Every tag of the issue's events."""
    found, scope = find_issue(caller, query, organization, issue)
    tags = reading.tag_distributions(found, scope, top=query.size(default=10, most=100))
    return answer([tag_shape(tag) for tag in tags if not query.key or tag.key in query.key])


@endpoint(get=Action.VIEW_EVENTS, query=Filter)
def show_tag(
    request: HttpRequest,
    caller: Caller,
    query: Filter,
    issue: str,
    key: str,
    organization: str = "",
) -> HttpResponse:
    """One tag of the issue's events with its values."""
    found, scope = find_issue(caller, query, organization, issue)
    for tag in reading.tag_distributions(found, scope, top=1000):
        if tag.key == key:
            return answer(tag_shape(tag))
    raise not_found()


def find_issue(caller: Caller, query: Filter, organization: str, issue: str) -> tuple[Issue, Scope]:
    """The caller's issue by number or short name, and the shared filter. Raises ApiError."""
    visible = caller.visible(organization)
    found = reading.find_issue(visible, issue)
    if found is None:
        raise not_found()
    return found, query.scope(visible, [found.project])


def _delete_issues(
    request: HttpRequest, caller: Caller, query: ListQuery, organization: str, project: str
) -> HttpResponse:
    """Delete the named issues; raises ApiError 400 without any, 404 if one is not there."""
    if not query.id:
        raise ApiError(400, "Name the issues to delete: ?id=1&id=2")
    place = caller.project(organization, project) if project else None
    found = [find_issue(caller, query, organization, one)[0] for one in dict.fromkeys(query.id)]
    if place is not None and any(issue.project_id != place.pk for issue in found):
        raise not_found()
    for issue in found:
        remove_issue(issue, asker_of(request, caller))
    return HttpResponse(status=204)


def _change(issue: Issue, body: StatusChange, actor: User | None) -> None:
    """Write the status that a body asks for. Raises ApiError 400 for an unknown release."""
    assert body.status
    by_release = body.by_release(actor)
    try:
        set_status(
            [issue.project], [issue.pk], _STATUSES[body.status], by_release=by_release, by=actor
        )
    except UnknownRelease as error:
        raise ApiError(400, str(error)) from None


def _assign(issue: Issue, name: str, by: User | None) -> None:
    """Give the issue to somebody. Raises ApiError 400 for whom it cannot be given to."""
    try:
        user = find_assignee(issue.project, name.removeprefix("user:")) if name else None
    except NotAMember as error:
        raise ApiError(400, f"assignedTo: {error}") from None
    assign([issue.project], [issue.pk], user, by=by)


def _both(suffix: str, view: Any) -> list[URLPattern]:
    """An issue's resource below its organisation, and Sentry's older path without one."""
    return [
        path(f"organizations/<str:organization>/issues/<str:issue>/{suffix}", view),
        path(f"issues/<str:issue>/{suffix}", view),
    ]


ROUTES = [
    path("organizations/<str:organization>/issues/", list_issues),
    path("projects/<str:organization>/<str:project>/issues/", list_issues),
    *_both("", show_issue),
    *_both("hashes/", list_hashes),
    *_both("tags/", list_tags),
    *_both("tags/<str:key>/", show_tag),
]
