"""Issues: the list, one issue, its hashes and tags."""

from __future__ import annotations

import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from vedette.issues import reading
from vedette.issues.models import Issue, IssueKey, Status
from vedette.issues.shapes import Scope, Sort
from vedette.issues.status import set_status
from vedette.web.api.access import ApiError, Caller, answer, endpoint, not_found
from vedette.web.api.event_shapes import event_shape
from vedette.web.api.issue_shapes import issue_shape, tag_shape
from vedette.web.api.parameters import paginate, read_limit, read_scope

_SORTS = {
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
    "unresolved": Status.UNRESOLVED,
    "ignored": Status.IGNORED,
    "archived": Status.IGNORED,
    "muted": Status.IGNORED,
}


@endpoint("GET")
def list_issues(
    request: HttpRequest, caller: Caller, organization: str, project: str = ""
) -> HttpResponse:
    """The issues that match `query`; without one the unresolved, as in Sentry."""
    projects = [caller.project(organization, project)] if project else caller.projects(organization)
    scope = read_scope(request, caller.visible(organization), projects)
    sort = _SORTS.get(request.GET.get("sort") or "date")
    if sort is None:
        raise ApiError(400, "Invalid sort: use date, new, freq, user or trends")
    page = reading.list_issues(
        scope,
        query=request.GET.get("query", "is:unresolved"),
        sort=cast(Sort, sort),
        cursor=request.GET.get("cursor") or None,
        limit=read_limit(request, default=25, most=100),
    )
    if page.error:
        raise ApiError(400, f"Error parsing search query: {page.error}")
    period = request.GET.get("groupStatsPeriod") or scope.period.label or "auto"
    shapes = [
        issue_shape(
            row.issue,
            count=row.event_count,
            users=row.user_count,
            stats=row.sparkline,
            stats_period=period,
        )
        for row in page.rows
    ]
    return paginate(
        request, answer(shapes), following=page.next_cursor, previous=page.previous_cursor
    )


@endpoint("GET", "PUT")
def show_issue(
    request: HttpRequest, caller: Caller, issue: str, organization: str = ""
) -> HttpResponse:
    """One issue, or a change of its status."""
    found, scope = find_issue(request, caller, organization, issue)
    if request.method == "PUT":
        _change(request, found)
        found.refresh_from_db()
    summary = reading.summarize(found, scope)
    shape = issue_shape(
        found,
        count=found.event_count,
        users=summary.user_count,
        stats=summary.series,
        stats_period=scope.period.label or "auto",
    )
    tags = reading.tag_distributions(found, scope)
    shape["tags"] = [tag_shape(tag) for tag in tags]
    shape["activity"] = []
    shape["seenBy"] = []
    shape["participants"] = []
    shape["userReportCount"] = 0
    return answer(shape)


@endpoint("GET")
def list_hashes(
    request: HttpRequest, caller: Caller, issue: str, organization: str = ""
) -> HttpResponse:
    """The grouping keys that lead to the issue, each with its latest event."""
    found, _ = find_issue(request, caller, organization, issue)
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


@endpoint("GET")
def list_tags(
    request: HttpRequest, caller: Caller, issue: str, organization: str = ""
) -> HttpResponse:
    """Every tag of the issue's events."""
    found, scope = find_issue(request, caller, organization, issue)
    limit = read_limit(request, default=10, most=100)
    tags = reading.tag_distributions(found, scope, top=limit)
    wanted = request.GET.getlist("key")
    return answer([tag_shape(tag) for tag in tags if not wanted or tag.key in wanted])


@endpoint("GET")
def show_tag(
    request: HttpRequest, caller: Caller, issue: str, key: str, organization: str = ""
) -> HttpResponse:
    """One tag of the issue's events with its values."""
    found, scope = find_issue(request, caller, organization, issue)
    for tag in reading.tag_distributions(found, scope, top=1000):
        if tag.key == key:
            return answer(tag_shape(tag))
    raise not_found()


def find_issue(
    request: HttpRequest, caller: Caller, organization: str, issue: str
) -> tuple[Issue, Scope]:
    """The caller's issue by number or short name, and the shared filter. Raises ApiError."""
    visible = caller.visible(organization)
    found = reading.find_issue(visible, issue)
    if found is None:
        raise not_found()
    return found, read_scope(request, visible, [found.project])


def _change(request: HttpRequest, issue: Issue) -> None:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise ApiError(400, "The body is not JSON") from None
    wanted = body.get("status") if isinstance(body, dict) else None
    if wanted is None:
        return
    if not isinstance(wanted, str) or wanted not in _STATUSES:
        raise ApiError(400, "status must be resolved, unresolved or ignored")
    set_status([issue.project], [issue.pk], _STATUSES[wanted])


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
