"""Channels: which there are, whether they work, making, changing and trying them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.alerts.connecting import CHANNELS
from vedette.alerts.content import base_url
from vedette.alerts.deliveries import Delivery, deliveries_to
from vedette.alerts.models import Channel
from vedette.alerts.testing import mend_if_tested, send_test
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.connections.pages import ConnectionPages
from vedette.web.pages.alert_channels.rows import make_rows
from vedette.web.rendering import show
from vedette.web.routing import Page, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the form of a channel: what it was sent, and where it calls."""

    channel: Channel
    deliveries: list[Delivery]
    is_waiting: bool
    interaction_url: str


def one_channel(request: HttpRequest, viewer: Viewer, channel_id: int) -> HttpResponse:
    """The form of a channel and what it was sent."""
    channel = PAGES.find(viewer, channel_id)
    if mend_if_tested(channel):
        channel = PAGES.find(viewer, channel_id)
    return PAGES.show_one(request, viewer, channel)


def channel_deliveries(request: HttpRequest, viewer: Viewer, channel_id: int) -> HttpResponse:
    """The fragment with the newest messages, asked for again while one is on its way."""
    channel = PAGES.find(viewer, channel_id)
    mend_if_tested(channel)
    return show(request, "pages/alert_channels/_deliveries.html", _beside(channel))


def _test(request: HttpRequest, viewer: Viewer, channel: Channel) -> HttpResponse:
    """Send it a message; what becomes of it stands beside the form."""
    send_test(channel, viewer.user)
    note_change(request, channel.organization, f"tested the channel {channel.slug}")
    return redirect("alert-channel", channel.pk)


def _joined(rows: QuerySet[Channel]) -> QuerySet[Channel]:
    return rows.annotate(sent=Max("outbox__sent_at"))


def _beside(channel: Channel) -> Beside:
    deliveries = deliveries_to(channel)
    return Beside(
        channel=channel,
        deliveries=deliveries,
        is_waiting=any(one.state == "waiting" for one in deliveries[:3]),
        interaction_url=f"{base_url()}/slack/{channel.pk}/" if channel.kind == "slack" else "",
    )


PAGES = ConnectionPages(
    family=CHANNELS,
    folder="pages/alert_channels",
    list_route="alert-channels",
    new_route="alert-channel-new",
    one_route="alert-channel",
    section="alerts",
    made="made",
    invitation="Send a test message now.",
    joined=_joined,
    rows_of=make_rows,
    test=_test,
    beside=_beside,
)
PAGE = Page(
    routes=(
        Route(
            path="alerts/channels/",
            name="alert-channels",
            view=PAGES.show_list,
            action=Action.VIEW_ALERTS,
        ),
        Route(
            path="alerts/channels/new/",
            name="alert-channel-new",
            view=PAGES.show_new,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/channels/<id:channel_id>/",
            name="alert-channel",
            view=one_channel,
            action=Action.VIEW_ALERTS,
            changes=Action.CHANGE_ALERTS,
        ),
        Route(
            path="alerts/channels/<id:channel_id>/deliveries/",
            name="alert-channel-deliveries",
            view=channel_deliveries,
            action=Action.VIEW_ALERTS,
        ),
    )
)
