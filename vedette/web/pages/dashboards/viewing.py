"""One dashboard on the page, or on a wall: its frame, its filter, its tiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.dashboards import saving
from vedette.dashboards.content import Content, Widget
from vedette.dashboards.models import Dashboard
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.dashboards import opening
from vedette.web.pages.dashboards.drawing import Looking
from vedette.web.pages.dashboards.filtering import (
    LOOKS,
    Filtered,
    filtered,
    hides_all,
    is_given,
    known_releases,
    saved_query,
)
from vedette.web.pages.dashboards.tiles import Tile, make_tiles, show_tile, tile_body
from vedette.web.rendering import show

SECTION: Final = "dashboards"
_ALL_HIDDEN: Final = "The projects of its filter are hidden from you: you see all others instead."
REFRESHES: Final = ((30, "30 s"), (60, "1 min"), (300, "5 min"), (900, "15 min"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a menu."""

    words: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardContext:
    """What the page shows. `dashboard` is None for one of the library, whose name is `ready`."""

    title: str
    description: str
    tiles: list[Tile]
    dashboard: Dashboard | None = None
    ready: str = ""
    is_wall: bool = False
    refresh: int = 0
    refreshes: list[Choice]
    period_name: str
    query: str
    releases: list[tuple[str, str]]
    suggestions: list[str]
    may_change: bool = False
    is_starred: bool = False

    @property
    def layout(self) -> str:
        """The frame around it: on a wall there is none."""
        return "pages/dashboards/_wall.html" if self.is_wall else "layout/page.html"


def dashboard(request: HttpRequest, viewer: Viewer, dashboard_id: int) -> HttpResponse:
    """A kept dashboard; without a filter in the address it opens with its own."""
    row = opening.opened(viewer, dashboard_id)
    content = saving.content_of(row)
    if content.filters and not is_given(request):
        if hides_all(content.filters, viewer):
            put_flash(request, Flash(text=_ALL_HIDDEN))
        return _with_its_own(request, viewer, content)
    found = filtered(request, viewer, row.organization)
    saving.note_opened(row, viewer.user)
    use = saving.uses_of(viewer.user).get(row.pk)
    context = BoardContext(
        title=row.title,
        description=row.description,
        tiles=_tiles(request, viewer, content, found, lambda id_: kept_tile(row, id_, found)),
        dashboard=row,
        may_change=saving.may_change(row, viewer.access),
        is_starred=use is not None and use.is_starred,
        **_shared_parts(request, found),  # type: ignore[arg-type]
    )
    return show(request, "pages/dashboards/page.html", context, section=SECTION)


def tile(request: HttpRequest, viewer: Viewer, dashboard_id: int, widget_id: int) -> HttpResponse:
    """The fragment within a tile of a kept dashboard."""
    row = opening.opened(viewer, dashboard_id)
    widget = opening.widget_of(row, widget_id)
    found = filtered(request, viewer, row.organization)
    return show_tile(request, tile_body(widget, found.asking, looking(viewer, found)))


def ready_dashboard(request: HttpRequest, viewer: Viewer, ready: str) -> HttpResponse:
    """One of the library, over everything that the viewer may see."""
    found_ready = opening.ready(ready)
    draft = found_ready.draft
    if draft.content.filters and not is_given(request):
        return _with_its_own(request, viewer, draft.content)
    found = filtered(request, viewer, None)
    context = BoardContext(
        title=draft.title,
        description=draft.description,
        tiles=_tiles(
            request, viewer, draft.content, found, lambda id_: _ready_tile(ready, id_, found)
        ),
        ready=ready,
        **_shared_parts(request, found),  # type: ignore[arg-type]
    )
    return show(request, "pages/dashboards/page.html", context, section=SECTION)


def ready_tile(request: HttpRequest, viewer: Viewer, ready: str, widget_id: int) -> HttpResponse:
    """The fragment within a tile of one of the library."""
    widget = opening.ready_widget(ready, widget_id)
    found = filtered(request, viewer, None)
    return show_tile(request, tile_body(widget, found.asking, looking(viewer, found)))


def looking(viewer: Viewer, found: Filtered) -> Looking:
    """A member who looks within this filter."""
    return Looking(viewer=viewer, scope=found.scope, shared=found.shared, zoom=found.without_time())


def kept_tile(row: Dashboard, widget_id: int, found: Filtered) -> str:
    """The address of a tile's fragment."""
    return f"{reverse('dashboard-tile', args=[row.pk, widget_id])}?{found.tile_query}"


def read_refresh(request: HttpRequest) -> int:
    """How often the page asks again, in seconds; 0 for never. Raises BadQuery."""
    written = request.GET.get("refresh", "")
    known = {str(seconds): seconds for seconds, _ in REFRESHES}
    if written and written not in known:
        raise BadQuery(f"refresh is one of {', '.join(known)}, in seconds")
    return known.get(written, 0)


def with_bodies(
    tiles: list[Tile], widgets: list[Widget], found: Filtered, viewer: Viewer
) -> list[Tile]:
    """The tiles with what is in them, for browsers without scripts."""
    by_id = {one.id: one for one in widgets}
    at = looking(viewer, found)
    return [replace(one, body=tile_body(by_id[one.id], found.asking, at)) for one in tiles]


def _with_its_own(request: HttpRequest, viewer: Viewer, content: Content) -> HttpResponse:
    """The same address with the filter that the dashboard opens with."""
    kept = [(name, value) for name, value in request.GET.items() if name in (*LOOKS, "whole")]
    query = "&".join(
        part for part in (saved_query(content.filters, viewer), urlencode(kept)) if part
    )
    return redirect(f"{request.path}?{query}")


def _tiles(
    request: HttpRequest, viewer: Viewer, content: Content, found: Filtered, src: object
) -> list[Tile]:
    tiles = make_tiles(content.widgets, src, asking=found.asking, shared=found.shared)  # type: ignore[arg-type]
    if request.GET.get("whole") == "1":
        return with_bodies(tiles, content.widgets, found, viewer)
    return tiles


def _ready_tile(name: str, widget_id: int, found: Filtered) -> str:
    return f"{reverse('dashboard-ready-tile', args=[name, widget_id])}?{found.tile_query}"


def _shared_parts(request: HttpRequest, found: Filtered) -> dict[str, object]:
    refresh = read_refresh(request)
    given = request.GET.copy()
    refreshes = []
    for seconds, words in ((0, "Off"), *REFRESHES):
        given["refresh"] = str(seconds) if seconds else ""
        query = urlencode([(name, one) for name, all_ in given.lists() for one in all_ if one])
        refreshes.append(Choice(words=words, address=f"?{query}", is_current=seconds == refresh))
    return {
        "is_wall": request.GET.get("wall") == "1",
        "refresh": refresh,
        "refreshes": refreshes,
        "period_name": found.period_name,
        "query": found.query,
        "releases": [(one, found.without_release(one)) for one in found.releases],
        "suggestions": known_releases(found.scope),
    }
