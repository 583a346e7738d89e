"""One replay: who was there, what happened in it as a list, and the player over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from vedette.access.actions import Action
from vedette.replays.replay import Replay, find_replay
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.pages.replay.deletion import deletion
from vedette.web.pages.replay.frame import frame, stills_frame
from vedette.web.pages.replay.moments import Moment, moments_of
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route
from vedette.web.wording import plural, took

MOST_READ: Final = 500  # moments in the list for those without scripts
_MOST_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayContext:
    """What the page shows. `at` is where the player begins, in milliseconds; `moments` is the
    beginning of what happened, of which `left_out` more stand in the player alone."""

    replay: Replay
    reference: str
    title: str
    length: str
    counts: list[tuple[str, str, bool]]
    facts: list[tuple[str, str, str]]
    moments: list[Moment]
    left_out: int
    missing: int
    at: int
    data: str
    may_delete: bool


def replay_page(request: HttpRequest, viewer: Viewer, slug: str, replay_id: str) -> HttpResponse:
    """The page; `t` is a moment in milliseconds since the replay began.

    Raises Http404, BadQuery for a moment that is none, and StoreError.
    """
    project = viewer.project(slug)
    found = find_replay(viewer.visible, project, replay_id)
    if found is None:
        raise Http404("no such replay")
    moments = moments_of(found)
    context = ReplayContext(
        replay=found,
        reference=slug,
        title=_title(found),
        length=took((found.finished_ms - found.started_ms) / 1000),
        counts=_counts(found),
        facts=_facts(found),
        moments=moments[:MOST_READ],
        left_out=max(0, len(moments) - MOST_READ),
        missing=sum(one.is_missing for one in found.segments),
        at=_at(request.GET.get("t", "")),
        data=reverse("replay-segments", args=[slug, found.row.replay_id]),
        may_delete=viewer.may(Action.DELETE_EVENTS, project),
    )
    return show(request, "pages/replay/page.html", context, section="replays")


def _title(found: Replay) -> str:
    row = found.row
    who = row.user_email or row.user_username or row.user_id or row.user_ip
    return who or "Somebody unknown"


def _counts(found: Replay) -> list[tuple[str, str, bool]]:
    """What happened how often, in words, and whether that is bad; nothing that did not."""
    row = found.row
    known = (
        (len(found.errors), "error", True),
        (row.rage_clicks, "rage click", True),
        (row.dead_clicks - row.rage_clicks, "dead click", True),
        (row.slow_clicks, "slow click", False),
        (row.console_errors, "console error", True),
        (row.failed_requests, "failed request", True),
        (row.hydrate_errors, "hydration error", True),
        (row.clicks, "click", False),
        (row.navigations, "page", False),
    )
    return [(str(number), plural(number, word), bad) for number, word, bad in known if number > 0]


def _facts(found: Replay) -> list[tuple[str, str, str]]:
    """Icon, name and value of what is known of the visitor's machine."""
    row = found.row
    known = (
        ("app-window", "Browser", row.browser),
        ("cpu", "Operating system", row.os),
        ("smartphone", "Device", row.device),
        ("layers", "Environment", row.environment),
    )
    return [one for one in known if one[2]]


def _at(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < len(str(_MOST_MS)) + 1):
        raise BadQuery("t is a moment of the replay, in milliseconds")
    return min(int(text), _MOST_MS)


_PATH = "replays/<slug:slug>/<slug:replay_id>/"

PAGE = Page(
    routes=(
        Route(path="replays/frame/", name="replay-frame", view=frame, action=Open.SIGNED_IN),
        Route(
            path="replays/frame/stills/",
            name="replay-stills-frame",
            view=stills_frame,
            action=Open.SIGNED_IN,
        ),
        Route(path=_PATH, name="replay", view=replay_page),
        Route(
            path=f"{_PATH}deletion/",
            name="replay-deletion",
            view=deletion,
            action=Action.DELETE_EVENTS,
        ),
    ),
)
