"""Issue trackers: which there are, whether they work; connecting, changing and testing them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.alerts.content import base_url
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers.connecting import TRACKERS
from vedette.trackers.errors import TrackerError
from vedette.trackers.hosts import hosts
from vedette.trackers.models import Tracker
from vedette.trackers.testing import probe
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.connections.pages import ConnectionPages
from vedette.web.connections.rows import ConnectionRow
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.trackers.hook import hook
from vedette.web.routing import Open, Page, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerRow(ConnectionRow[Tracker]):
    """A tracker and how it does."""

    link_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the form of a tracker: where it calls."""

    hook_url: str


def one_tracker(request: HttpRequest, viewer: Viewer, tracker_id: int) -> HttpResponse:
    """The form of a tracker."""
    return PAGES.show_one(request, viewer, PAGES.find(viewer, tracker_id))


def _test(request: HttpRequest, viewer: Viewer, tracker: Tracker) -> HttpResponse:
    """Ask it now; what it says stands above the form."""
    fetcher = Fetcher(read_networks(settings.CONFIG.outgoing_networks))
    try:
        words = f"It works. {probe(tracker, fetcher)}"
    except TrackerError as error:
        words = f"It does not work: {error}"
    note_change(request, tracker.organization, f"tested the tracker {tracker.slug}")
    put_flash(request, Flash(text=words[:300]))
    return redirect("tracker", tracker.pk)


def _joined(rows: QuerySet[Tracker]) -> QuerySet[Tracker]:
    return rows.annotate(link_count=Count("links", filter=Q(links__state="linked")))


def _row_of(tracker: Tracker) -> TrackerRow:
    host = hosts().get(tracker.kind)
    place = str(tracker.settings.get(host.place, "")) if host else ""
    return TrackerRow(
        connection=tracker,
        label=f"{host.label} {place}" if host else tracker.kind,
        why=tracker.broken_why,
        worked_at=tracker.worked_at,
        link_count=getattr(tracker, "link_count", 0),
    )


def _beside(tracker: Tracker) -> Beside:
    return Beside(hook_url=f"{base_url()}/trackers/{tracker.pk}/hook/")


PAGES = ConnectionPages(
    family=TRACKERS,
    folder="pages/trackers",
    list_route="trackers",
    new_route="tracker-new",
    one_route="tracker",
    made="connected",
    invitation="Test it now.",
    joined=_joined,
    rows_of=lambda found: [_row_of(one) for one in found],
    test=_test,
    beside=_beside,
)
PAGE = Page(
    routes=(
        Route(path="trackers/", name="trackers", view=PAGES.show_list, action=Action.VIEW_ALERTS),
        Route(
            path="trackers/new/",
            name="tracker-new",
            view=PAGES.show_new,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="trackers/<id:tracker_id>/",
            name="tracker",
            view=one_tracker,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="trackers/<id:tracker_id>/hook/",
            name="tracker-hook",
            view=hook,
            action=Open.TO_ALL,
        ),
    )
)
