"""What a secret link shows: the dashboard as its creator may see it, without a way to more.

The page is nobody's: no frame, no links into the product, no index, no referrer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from vedette import clock
from vedette.dashboards import saving
from vedette.dashboards.answering import rounded
from vedette.dashboards.sharing import Opened, open_link
from vedette.dashboards.widgets import Asking
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import clamped
from vedette.store.asker import ask_for
from vedette.web.access import Viewer
from vedette.web.pages.dashboards.drawing import Looking
from vedette.web.pages.dashboards.tiles import Tile, make_tiles, show_tile, tile_body
from vedette.web.pages.dashboards.viewing import read_refresh
from vedette.web.rendering import show
from vedette.web.scope import DEFAULT_PERIOD, PERIODS

_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedContext:
    """What the page shows."""

    title: str
    description: str
    tiles: list[Tile]
    refresh: int
    period_name: str


def shared_dashboard(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of a link."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    opened = _opened(secret)
    asking = _asking(opened)
    content = saving.content_of(opened.dashboard)
    tiles = make_tiles(
        content.widgets,
        lambda id_: reverse("dashboard-shared-tile", args=[secret, id_]),
        asking=asking,
        has_links=False,
    )
    if request.GET.get("whole") == "1":
        at = _looking(opened, asking)
        by_id = {one.id: one for one in content.widgets}
        tiles = [replace(one, body=tile_body(by_id[one.id], asking, at)) for one in tiles]
    context = SharedContext(
        title=opened.dashboard.title,
        description=opened.dashboard.description,
        tiles=tiles,
        refresh=read_refresh(request) or 300,
        period_name=PERIODS[_period(opened)][0],
    )
    return _secret(show(request, "pages/dashboards/shared.html", context))


def shared_tile(request: HttpRequest, secret: str, widget_id: int) -> HttpResponse:
    """The fragment within a tile of a link's page."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    opened = _opened(secret)
    widget = saving.content_of(opened.dashboard).widget(widget_id)
    if widget is None:
        raise Http404("no such widget")
    asking = _asking(opened)
    return _secret(show_tile(request, tile_body(widget, asking, _looking(opened, asking))))


def _opened(secret: str) -> Opened:
    """The link's dashboard; its questions are asked in its creator's name. Raises Http404."""
    found = open_link(secret)
    if found is None:
        raise Http404("this link is not, or no longer, good")
    ask_for(found.access.asker)
    return found


def _asking(opened: Opened) -> Asking:
    now = clock.now()
    label = _period(opened)
    period = rounded(Period(start=now - PERIODS[label][1], end=now, label=label))
    scope = Scope(
        visible=opened.visible,
        environments=tuple(opened.link.environments),
        period=clamped(period),
        person_id=None,
    )
    return Asking(scope=scope, releases=tuple(opened.link.releases))


def _looking(opened: Opened, asking: Asking) -> Looking:
    viewer = Viewer(user=opened.link.creator, access=opened.access)
    return Looking(viewer=viewer, scope=asking.scope, has_links=False)


def _period(opened: Opened) -> str:
    return opened.link.period if opened.link.period in PERIODS else DEFAULT_PERIOD


def _secret(response: HttpResponse) -> HttpResponse:
    for name, value in _HEADERS.items():
        response[name] = value
    return response
