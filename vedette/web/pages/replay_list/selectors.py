"""What people click in vain: selectors and pages, with the replays that show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.projects.models import Project
from vedette.replays.reading import find_rows
from vedette.replays.rows import ReplayRow
from vedette.replays.selectors import MOST_SEGMENTS, SORTS, Selector, Sort, selectors_in
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.replays import Watchable, watchable
from vedette.web.routing import Route
from vedette.web.scope import shared_filter
from vedette.web.sorting import Heading, make_headings

HEADINGS = {
    "people": ("People", "how many different ones, or visits where nobody is known"),
    "rage": ("Rage", "clicked again and again while nothing came of it"),
    "dead": ("Dead", "clicks that nothing came of, those in rage included"),
}
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A selector; `examples` lead to the moments."""

    selector: Selector
    project: Project
    people: int
    replays: int
    examples: list[Watchable]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorsContext:
    """What the page shows; `most` segments were looked at where there are more."""

    headings: list[Heading]
    lines: list[Line]
    most: int
    is_cut: bool
    period_name: str


def selectors(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `sort` orders, with `-` the most first."""
    shared = shared_filter(request, viewer)
    asked = request.GET.get("sort", "-people")
    by: Sort = next((one for one in SORTS if one == asked.removeprefix("-")), "people")
    is_rising = asked == by
    found = selectors_in(shared.scope, sort=by, is_rising=is_rising)
    named = [one.replay_id for row in found.rows for one in row.examples[:_EXAMPLES]]
    rows = find_rows(shared.scope.visible, set(named))
    projects = {project.pk: project for project in viewer.projects}
    context = SelectorsContext(
        headings=make_headings(HEADINGS, by if is_rising else f"-{by}", rising=()),
        lines=[
            _line(viewer, one, projects[one.place.project_id], rows)
            for one in found.rows
            if one.place.project_id in projects
        ],
        most=MOST_SEGMENTS,
        is_cut=found.is_cut,
        period_name=shared.period_name,
    )
    return show(request, "pages/replay_list/selectors.html", context, section="replays")


def _line(viewer: Viewer, one: Selector, project: Project, rows: dict[str, ReplayRow]) -> Line:
    reference = viewer.reference(project)
    return Line(
        selector=one,
        project=project,
        people=len(one.people),
        replays=len(one.newest),
        examples=[
            watchable(reference, rows[moment.replay_id], moment.ms)
            for moment in one.examples[:_EXAMPLES]
            if moment.replay_id in rows
        ],
    )


ROUTES = (Route(path="replays/selectors/", name="replay-selectors", view=selectors),)
