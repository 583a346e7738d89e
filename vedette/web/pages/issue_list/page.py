"""The issue list: search, tabs, sort, rows, and changing selected issues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette import clock
from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.issues import reading
from vedette.projects.models import Project
from vedette.search import OtherReading, quote
from vedette.web.access import Viewer
from vedette.web.pages.issue_list.assigning import change_assignees, members_for
from vedette.web.pages.issue_list.changes import change_status, undo
from vedette.web.pages.issue_list.rows import Row, make_rows
from vedette.web.pages.issue_list.tabs import (
    Chip,
    Tab,
    make_chips,
    make_kinds,
    make_tabs,
    search_address,
)
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import read_moment, shared_filter
from vedette.web.wording import plural

DEFAULT_QUERY = "is:unresolved"
SORTS: dict[reading.Sort, str] = {
    "date": "Last seen",
    "new": "First seen",
    "freq": "Events",
    "user": "Users",
    "trend": "Trend",
}
_MOST_QUERY_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """How else the search can be meant, and where that leads."""

    word: str
    is_connective: bool
    query: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What the page shows. `waiting` is set when no project has ever sent an event."""

    query: str
    sort: reading.Sort
    sorts: dict[reading.Sort, str]
    tabs: list[Tab]
    kinds: list[Tab]
    cleared: str
    rows: list[Row]
    members: list[User]
    chips: list[Chip]
    error: str
    note: str
    other_reading: Other | None
    next_cursor: str | None
    previous_cursor: str | None
    seen_at: datetime
    waiting: str
    has_projects: bool
    period_name: str


def issue_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", DEFAULT_QUERY)[:_MOST_QUERY_CHARACTERS]
    sort = _sort(request)
    seen_at = clock.now()
    found = reading.list_issues(
        shared.scope, query=query, sort=sort, cursor=request.GET.get("cursor")
    )
    context = ListContext(
        query=query,
        sort=sort,
        sorts=SORTS,
        tabs=make_tabs(request.GET, query),
        kinds=make_kinds(request.GET, query),
        cleared=search_address(request.GET, ""),
        rows=make_rows(found.rows),
        members=members_for(viewer, (row.issue for row in found.rows)),
        chips=make_chips(request.GET, query, found.tokens),
        error=found.error,
        note=found.note,
        other_reading=_other(request, found.other_reading),
        next_cursor=found.next_cursor,
        previous_cursor=found.previous_cursor,
        seen_at=seen_at,
        waiting=_waiting_project(viewer, shared.selected or viewer.projects),
        has_projects=bool(viewer.projects),
        period_name=shared.period_name,
    )
    return show(request, "pages/issue_list/page.html", context, section="issues")


def home(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The front door: the issues, or the first project's start page before its first event."""
    if viewer.projects and not any(project.first_event_at for project in viewer.projects):
        return redirect("project-start", viewer.reference(viewer.projects[0]))
    return redirect("issues")


def new_events(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The fragment that counts what came in since the list was made."""
    scope = shared_filter(request, viewer).scope
    since = read_moment(request.GET.get("since", ""), "since")
    number = reading.count_new_events(scope, since=since) if since else 0
    words = f"{plural(number, 'new event')}" if number else ""
    return show(request, "pages/issue_list/_new.html", words)


def suggestions(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Completion of the search box: keys for `prefix`, or the values of `key`."""
    scope = shared_filter(request, viewer).scope
    key, prefix = request.GET.get("key", "")[:200], request.GET.get("prefix", "")[:200]
    if not key:
        names = reading.suggest_keys(scope, prefix)[:12]
        return JsonResponse({"suggestions": [{"text": name + ":"} for name in names]})
    values = reading.suggest_values(scope, key, prefix)[:12]
    found = [
        {"text": quote(held.value), **({"count": held.count} if held.count else {})}
        for held in values
    ]
    return JsonResponse({"suggestions": found})


def _other(request: HttpRequest, found: OtherReading | None) -> Other | None:
    if found is None:
        return None
    return Other(
        word=found.word,
        is_connective=found.is_connective,
        query=found.text,
        address=search_address(request.GET, found.text),
    )


def _sort(request: HttpRequest) -> reading.Sort:
    asked = request.GET.get("sort", "date")
    return next((known for known in SORTS if known == asked), "date")


def _waiting_project(viewer: Viewer, projects: Sequence[Project]) -> str:
    """The start page to offer when nothing has ever come in for the chosen projects."""
    if not projects or any(project.first_event_at for project in projects):
        return ""
    return reverse("project-start", args=[viewer.reference(projects[0])])


PAGE = Page(
    routes=(
        Route(path="", name="home", view=home),
        Route(path="issues/", name="issues", view=issue_list),
        Route(path="issues/new-events/", name="issues-new-events", view=new_events, is_live=True),
        Route(path="issues/suggestions/", name="issues-suggestions", view=suggestions),
        Route(
            path="issues/status/", name="issues-status", view=change_status, action=Action.TRIAGE
        ),
        Route(
            path="issues/assignee/",
            name="issues-assignee",
            view=change_assignees,
            action=Action.TRIAGE,
        ),
        Route(path="issues/undo/", name="undo", view=undo, action=Action.TRIAGE),
    ),
    navigation=Navigation(label="Issues", icon="inbox", route="issues", key="i", order=10),
)
