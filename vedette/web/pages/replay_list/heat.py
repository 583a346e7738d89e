"""The heat map: where people clicked on a page, and what lies there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.projects.models import Project
from vedette.recordings.placing import WIDTH_CLASSES, WidthClass
from vedette.replays.addresses import still_of
from vedette.replays.heat import (
    MOST_PAGES,
    WISHES,
    Click,
    Clicks,
    Element,
    PageOf,
    Spot,
    Wish,
    backdrop_of,
    clicks_in,
    elements_of,
    spots_of,
    wanted,
)
from vedette.replays.reading import find_rows
from vedette.replays.rows import ReplayRow
from vedette.search.quoting import quote
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.replays import Watchable, watchable
from vedette.web.routing import Route
from vedette.web.scope import shared_filter

_EXAMPLES = 3
_WISH_LABELS: dict[Wish, str] = {"all": "All clicks", "dead": "Dead", "rage": "Rage"}
_WIDTH_LABELS: dict[WidthClass, tuple[str, str]] = {
    "phone": ("Phone", "windows of less than 600 pixels"),
    "tablet": ("Tablet", "windows of 600 to 1,023 pixels"),
    "desktop": ("Desktop", "windows of 1,024 pixels and more"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several that can be looked at; `value` stands in the address."""

    value: str
    label: str
    clicks: int
    is_current: bool
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An element; `search` finds the replays in which it was clicked."""

    element: Element
    people: int
    replays: int
    share: float
    search: str
    examples: list[Watchable]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatContext:
    """What the page shows. `spots` are where was clicked: a share of the width, pixels from the
    top, and how often, of which `most` is the largest; `still` is what they are drawn over."""

    pages: list[Choice]
    widths: list[Choice]
    wishes: list[Choice]
    chosen: Choice | None
    clicks: int
    people: int
    replays: int
    spots: str
    most: int
    still: str
    lines: list[Line]
    unplaced: int
    is_cut: bool
    looked_at: int
    period_name: str


def heat_map(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `page` is a project and a page's name, `width` a class of it, `clicks` which.

    What is not there is the most clicked. Raises StoreError.
    """
    shared = shared_filter(request, viewer)
    known = {project.pk: project for project in viewer.projects}
    clicks = clicks_in(shared.scope)
    pages = _pages(clicks, known, viewer, request.GET.get("page", ""))
    chosen, place = next(((one, at) for one, at in pages if one.is_current), (None, None))
    widths = _widths(clicks, place, request.GET.get("width", ""))
    here = clicks.on(place, _current(widths)) if place is not None and widths else []
    wish = next((one for one in WISHES if one == request.GET.get("clicks")), WISHES[0])
    shown = wanted(here, wish)
    spots = spots_of(shown)
    context = HeatContext(
        pages=[one for one, _ in pages],
        widths=widths,
        wishes=_wishes(here, wish),
        chosen=chosen,
        clicks=len(shown),
        people=len({one.who for one in shown}),
        replays=len({one.replay_id for one in shown}),
        spots=";".join(_written(spot) for spot in spots),
        most=spots[0].clicks if spots else 0,
        still=_still(here, known, viewer),
        lines=_lines(shown, known, viewer),
        unplaced=clicks.unplaced,
        is_cut=clicks.is_cut,
        looked_at=clicks.looked_at,
        period_name=shared.period_name,
    )
    return show(request, "pages/replay_list/heat.html", context, section="replays")


def _pages(
    clicks: Clicks, known: dict[int, Project], viewer: Viewer, asked: str
) -> list[tuple[Choice, PageOf]]:
    """The pages with the most clicks; the one that is asked for is the current one, else the
    first."""
    counted = [held for held in clicks.pages().most_common() if held[0].project_id in known]
    values = {
        page: f"{viewer.reference(known[page.project_id])} {page.page}" for page, _ in counted
    }
    current = next((page for page, _ in counted if values[page] == asked), None)
    if current is None and counted:
        current = counted[0][0]
    kept = counted[:MOST_PAGES]
    kept += [held for held in counted[MOST_PAGES:] if held[0] == current]
    return [
        (
            Choice(
                value=values[page],
                label=page.page,
                clicks=number,
                is_current=page == current,
                title=known[page.project_id].name,
            ),
            page,
        )
        for page, number in kept
    ]


def _widths(clicks: Clicks, page: PageOf | None, asked: str) -> list[Choice]:
    counts = clicks.widths(page) if page is not None else {}
    if not counts:
        return []
    usual = max(counts, key=lambda name: counts[name])
    current = next((name for name in counts if name == asked), usual)
    return [
        Choice(
            value=name,
            label=_WIDTH_LABELS[name][0],
            title=_WIDTH_LABELS[name][1],
            clicks=number,
            is_current=name == current,
        )
        for name, number in counts.items()
    ]


def _current(widths: Sequence[Choice]) -> WidthClass:
    value = next(one.value for one in widths if one.is_current)
    return next(name for name in WIDTH_CLASSES if name == value)


def _wishes(clicks: Sequence[Click], current: Wish) -> list[Choice]:
    return [
        Choice(
            value=one,
            label=_WISH_LABELS[one],
            clicks=len(wanted(clicks, one)),
            is_current=one == current,
        )
        for one in WISHES
    ]


def _written(spot: Spot) -> str:
    return f"{spot.share:g},{spot.top},{spot.clicks}"


def _still(clicks: Sequence[Click], known: dict[int, Project], viewer: Viewer) -> str:
    """The address of the moment that is drawn beneath; "" where there is no picture."""
    moment = backdrop_of(clicks)
    row = _row(viewer, moment.replay_id) if moment is not None else None
    if moment is None or row is None:
        return ""
    return still_of(viewer.reference(known[moment.project_id]), row, moment.ms)


def _row(viewer: Viewer, replay_id: str) -> ReplayRow | None:
    return find_rows(viewer.visible, [replay_id]).get(replay_id)


def _lines(clicks: Sequence[Click], known: dict[int, Project], viewer: Viewer) -> list[Line]:
    elements = elements_of(clicks)
    named = {one.replay_id for element in elements for one in element.examples[:_EXAMPLES]}
    rows = find_rows(viewer.visible, named)
    return [
        Line(
            element=element,
            people=len(element.people),
            replays=len(element.newest),
            share=element.clicks / len(clicks),
            search=_search(element.selector),
            examples=[
                watchable(viewer.reference(known[one.project_id]), rows[one.replay_id], one.ms)
                for one in element.examples[:_EXAMPLES]
                if one.replay_id in rows
            ],
        )
        for element in elements
    ]


def _search(selector: str) -> str:
    """Finds replays in which this was clicked, as far as words beside the click say so.

    They lie in JSON, so whatever is escaped there stands for anything.
    """
    if not selector:
        return ""
    if '"' not in selector and "\\" not in selector:
        return quote(selector) if " " in selector else f'"{selector}"'
    return '"*{}*"'.format(selector.replace("\\", "*").replace('"', "*"))


ROUTES = (Route(path="replays/heat/", name="replay-heat", view=heat_map),)
