"""The tiles of a dashboard: their frame at once, their answers one by one, each for itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from vedette.dashboards.answering import answer_widget
from vedette.dashboards.content import Widget
from vedette.dashboards.layout import Place
from vedette.dashboards.widgets import Asking, Lead
from vedette.search import SearchError
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy, StoreError
from vedette.web.deadline import TooSlow
from vedette.web.form_fields import sentence
from vedette.web.pages.dashboards.drawing import Drawn, Looking, draw
from vedette.web.rendering import show

log = logging.getLogger("vedette.web")

_ROUTES: Final = {
    "explore": "explore",
    "issues": "issues",
    "insights": "performance-insights",
    "releases": "releases",
}
_NOT_THERE: Final = "The store of events does not answer. Nothing that comes in is lost by it."
_UNKNOWN: Final = "This version of Vedette does not know this kind of widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A widget on the page: its frame, and the address of what is in it.

    `is_bare` where its words say all: a text without a title.
    """

    id: int
    title: str
    kind: str
    icon: str
    place: Place
    src: str
    lead: str = ""
    is_bare: bool = False
    body: TileBody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TileBody:
    """What is in a tile: an answer, or why there is none; `is_busy` asks to try again soon."""

    title: str
    drawn: Drawn | None = None
    problem: str = ""
    is_busy: bool = False


def make_tiles(
    widgets: Sequence[Widget],
    src: Callable[[int], str],
    *,
    asking: Asking,
    shared: str = "",
    has_links: bool = True,
) -> list[Tile]:
    """The frames in the order in which they are read."""
    return [
        Tile(
            id=one.id,
            title=one.name,
            kind=one.kind,
            icon=one.of_kind.icon if one.of_kind else "circle-help",
            place=one.place,
            is_bare=one.kind == "text" and not one.title,
            src=src(one.id),
            lead=lead_address(one, asking, shared) if has_links else "",
        )
        for one in widgets
    ]


def lead_address(widget: Widget, asking: Asking, shared: str) -> str:
    """Where the widget's question is looked at more closely; "" for nowhere."""
    kind = widget.of_kind
    found = kind.lead(widget.whole_options, asking.releases) if kind else None
    return _address(found, shared) if found else ""


def tile_body(widget: Widget, asking: Asking, looking: Looking) -> TileBody:
    """The widget's answer. Whatever is wrong with it stays within its tile."""
    if widget.of_kind is None:
        return TileBody(title=widget.name, problem=f"{_UNKNOWN}: {widget.kind}.")
    return body_of(widget.name, lambda: draw(answer_widget(widget, asking), looking))


def body_of(title: str, make: Callable[[], Drawn]) -> TileBody:
    """What `make` draws, or in words why nothing is drawn.

    Raises QuestionCancelled: whoever has gone reads no words.
    """
    try:
        return TileBody(title=title, drawn=make())
    except (SearchError, BadQuery) as error:
        return TileBody(title=title, problem=sentence(str(error)))
    except StoreBusy as error:
        return TileBody(title=title, problem=sentence(str(error)), is_busy=True)
    except QuestionCancelled:
        raise
    except StoreError:
        log.exception("the store did not answer a widget")
        return TileBody(title=title, problem=_NOT_THERE, is_busy=True)
    except TooSlow:
        log.exception("the database was too slow for a widget")
        return TileBody(title=title, problem="This takes too long. Narrow the time range.")


def show_tile(request: HttpRequest, body: TileBody) -> HttpResponse:
    """The fragment within a tile."""
    response = show(request, "pages/dashboards/_tile_body.html", body)
    if body.is_busy:
        response["X-Again"] = "3"
    return response


def _address(lead: Lead, shared: str) -> str:
    query = "&".join(part for part in (urlencode(lead.pairs), shared) if part)
    path = reverse(_ROUTES[lead.where])
    return f"{path}?{query}" if query else path
