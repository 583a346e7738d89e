"""`replay-clicks/`: where people clicked on a page, as the heat map draws it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.recordings.placing import WidthClass
from vedette.replays.heat import (
    MOST_PAGES,
    Clicks,
    Element,
    PageOf,
    Spot,
    clicks_in,
    elements_of,
    spots_of,
    wanted,
)
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.parameters import Filter, Text


class ClicksQuery(Filter):
    """Of which page, in windows of which width, and which clicks."""

    page: Annotated[Text, Meta(description="As in `pages`; without one there are only these.")] = ""
    width: Literal["", "phone", "tablet", "desktop"] = ""
    clicks: Literal["all", "dead", "rage"] = "all"


@endpoint(get=Action.VIEW_EVENTS, query=ClicksQuery)
def list_replay_clicks(
    request: HttpRequest, caller: Caller, query: ClicksQuery, organization: str, project: str
) -> HttpResponse:
    """The pages of a project with the most clicks, and where was clicked on one of them."""
    owner = caller.project(organization, project)
    visible = caller.visible(organization).only([owner.pk])
    found = clicks_in(query.scope(visible, [owner]))
    page = PageOf(owner.pk, query.page)
    widths = found.widths(page) if query.page else {}
    by_clicks = sorted(widths, key=lambda name: -widths[name])
    width = query.width or (by_clicks[0] if by_clicks else None)
    shape: dict[str, Any] = {
        "pages": _pages(found),
        "unplaced": found.unplaced,
        "segments": found.looked_at,
        "isComplete": not found.is_cut,
    }
    if query.page:
        shape |= {"widths": widths, "width": width, **_of_page(found, page, width, query)}
    return answer(shape)


def _pages(found: Clicks) -> list[dict[str, Any]]:
    counted = found.pages().most_common(MOST_PAGES)
    return [{"page": page.page, "clicks": clicks} for page, clicks in counted]


def _of_page(
    found: Clicks, page: PageOf, width: WidthClass | None, query: ClicksQuery
) -> dict[str, Any]:
    clicks = wanted(found.on(page, width), query.clicks) if width else []
    return {
        "clicks": len(clicks),
        "people": len({one.who for one in clicks}),
        "spots": [_spot(one) for one in spots_of(clicks)],
        "elements": [_element(one) for one in elements_of(clicks)],
    }


def _spot(one: Spot) -> dict[str, Any]:
    return {"x": one.share, "y": one.top, "clicks": one.clicks}


def _element(one: Element) -> dict[str, Any]:
    return {
        "selector": one.selector or None,
        "clicks": one.clicks,
        "deadClicks": one.dead,
        "rageClicks": one.rage,
        "people": len(one.people),
        "replays": [moment.replay_id for moment in one.examples[:10]],
    }


ROUTES = [
    path("projects/<str:organization>/<str:project>/replay-clicks/", list_replay_clicks),
]
