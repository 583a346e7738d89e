"""One moment of a replay for lists and heat maps: a line about it, and the events that show it."""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpRequest, HttpResponse

from vedette.replays.stills import MOST_LASTS_MS, StillPlace, place_still, read_still
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.pages.replays.packing import packed
from vedette.web.routing import Route
from vedette.web.security import SANDBOX_POLICY

_KEPT = "private, max-age=3600"  # what is there does not change
_MOST_MS = 7 * 86_400_000
_LATEST_MS = 32_503_680_000_000  # the year 3000


def still(request: HttpRequest, viewer: Viewer, slug: str, replay_id: str) -> HttpResponse:
    """The moment `t` milliseconds after the replay's beginning, else that of its first whole page;
    `lasts` more milliseconds come with it. Whoever knows when the replay `began`, in milliseconds
    since 1970, spares the store a search. Raises Http404, BadQuery and StoreError.

    The first line is JSON: `kind` (`page`, `video`, `none`), `at_ms` and the `segment` whose
    video it is; the rest is the JSON list of a page's events.
    """
    project = viewer.project(slug)
    place = place_still(
        viewer.visible,
        project,
        replay_id,
        after_start_ms=_milliseconds(request, "t", _MOST_MS),
        lasts_ms=_milliseconds(request, "lasts", MOST_LASTS_MS) or 0,
        began_ms=_milliseconds(request, "began", _LATEST_MS),
    )
    if place is None:
        raise Http404("no such replay")
    tag = f'"{place.tag}"'
    if request.headers.get("If-None-Match", "") == tag:
        return _with_headers(HttpResponse(status=304), place, tag)
    found = read_still(viewer.visible, project, place) if place.kind == "page" else None
    about = {
        "kind": "none" if place.kind == "page" and found is None else place.kind,
        "at_ms": found.ms if found is not None else place.at_ms or 0,
        "segment": place.first,
    }
    body = b"%b\n%b" % (msgspec.json.encode(about), found.events if found is not None else b"")
    return _with_headers(packed(request, body, "text/plain; charset=utf-8"), place, tag)


def _with_headers(response: HttpResponse, place: StillPlace, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Vary"] = "Accept-Encoding"
    response["Content-Security-Policy"] = SANDBOX_POLICY
    # Of a replay without a picture one may still come.
    response["Cache-Control"] = _KEPT if place.kind != "none" else "private, no-cache"
    return response


def _milliseconds(request: HttpRequest, name: str, most: int) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LATEST_MS))):
        raise BadQuery(f"{name} is a number of milliseconds")
    return min(int(text), most)


ROUTES = (
    Route(path="replays/<slug:slug>/<slug:replay_id>/still/", name="replay-still", view=still),
)
