"""The list of replays: what happened in each, sorted by a click on a column."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.replays.reading import MOST_ROWS, SORTS, ReplayPage, list_replays
from vedette.replays.rows import ReplayRow
from vedette.replays.strips import STEPS, Step, strips_of
from vedette.search import SearchError
from vedette.web.access import Viewer
from vedette.web.pages.replay_list import heat, selectors
from vedette.web.rendering import show
from vedette.web.replays import Watchable, watchable
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import SharedFilter, shared_filter
from vedette.web.sorting import Heading, make_headings

HEADINGS = {
    "user": ("Who and where", "by the user"),
    "started": ("Started", ""),
    "duration": ("Length", ""),
    "errors": ("Errors", "errors that happened meanwhile"),
    "clicks": ("Clicks", ""),
    "dead": ("Dead", "clicks that nothing came of"),
    "rage": ("Rage", "places that were clicked again and again while nothing came of it"),
    "console": ("Console", "errors in the console"),
    "requests": ("Requests", "requests that failed"),
    "release": ("Release", ""),
}
_ROWS = 50
_FIRST = "-started"
_MOST_QUERY_CHARACTERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A replay of the list; `strip` are the parts of it in which something happened."""

    row: ReplayRow
    project: Project
    watch: Watchable
    strip: list[Step]

    @property
    def page(self) -> str:
        """Where it began, without the scheme; "" where nothing says so."""
        first = self.row.urls[0] if self.row.urls else ""
        return first.partition("://")[2] or first

    @property
    def more_pages(self) -> int:
        """How many pages it went on to."""
        return max(0, len(self.row.urls) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaysContext:
    """What the page shows; `error` says in words why the search cannot be read."""

    query: str
    error: str
    headings: list[Heading]
    lines: list[Line]
    steps: int
    next_cursor: str | None
    previous_cursor: str | None
    period_name: str


def replays(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `query` searches, `sort` orders, with `-` the most first."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_QUERY_CHARACTERS]
    asked = request.GET.get("sort", _FIRST)
    sort = asked if asked.removeprefix("-") in SORTS else _FIRST
    offset = min(read_offset(request.GET.get("cursor")), MOST_ROWS - _ROWS)
    found, error = _found(shared, query, sort, offset)
    context = ReplaysContext(
        query=query,
        error=error,
        headings=make_headings(HEADINGS, sort, rising=("user",)),
        lines=_lines(shared, viewer, found.rows),
        steps=STEPS,
        next_cursor=f"o:{offset + _ROWS}" if found.has_more else None,
        previous_cursor=f"o:{max(0, offset - _ROWS)}" if offset else None,
        period_name=shared.period_name,
    )
    return show(request, "pages/replay_list/page.html", context, section="replays")


def _found(shared: SharedFilter, query: str, sort: str, offset: int) -> tuple[ReplayPage, str]:
    try:
        found = list_replays(
            shared.scope,
            query,
            sort=sort.removeprefix("-"),
            is_rising=not sort.startswith("-"),
            limit=_ROWS,
            offset=offset,
        )
    except SearchError as error:
        return ReplayPage(rows=[], has_more=False), str(error)
    return found, ""


def _lines(shared: SharedFilter, viewer: Viewer, rows: list[ReplayRow]) -> list[Line]:
    projects = {project.pk: project for project in viewer.projects}
    strips = strips_of(shared.scope.visible, rows)
    return [
        Line(
            row=row,
            project=projects[row.project_id],
            watch=watchable(viewer.reference(projects[row.project_id]), row),
            strip=strips.get(row.replay_id, []),
        )
        for row in rows
        if row.project_id in projects
    ]


PAGE = Page(
    routes=(Route(path="replays/", name="replays", view=replays), *selectors.ROUTES, *heat.ROUTES),
    navigation=Navigation(label="Replays", icon="monitor", route="replays", key="y", order=14),
)
