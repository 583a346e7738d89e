"""Channels: which there are, whether they work, making, changing and trying them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts.content import base_url
from vedette.alerts.deliveries import Delivery, deliveries_to
from vedette.alerts.models import Channel, OutboxMessage
from vedette.alerts.testing import mend_if_tested, send_test
from vedette.channels import ChannelKind, channels
from vedette.configuration import Author
from vedette.configuration._writing import the_kind, write
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField
from vedette.web.pages.alert_channels.form import entry_of, fields_of
from vedette.web.pages.alert_channels.rows import ChannelRow, make_rows
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The channels of one organisation."""

    organization: Organization
    rows: list[ChannelRow]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsContext:
    """The list, and the kinds that can be added."""

    groups: list[Group]
    kinds: Sequence[ChannelKind]
    has_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """The form of one channel; `row` is None for a new one."""

    kind: ChannelKind
    organization: Organization
    row: ChannelRow | None
    fields: list[FormField]
    rest: list[str]
    deliveries: list[Delivery]
    may_change: bool
    is_waiting: bool
    interaction_url: str = ""


def channel_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The channels of the viewer's organisations."""
    found = _rows(viewer).annotate(sent=Max("outbox__sent_at"))[:_MOST]
    rows = make_rows(list(found))
    organizations = viewer.access.organizations_for(Action.VIEW_ALERTS)
    groups = [
        Group(
            organization=organization,
            rows=[row for row in rows if row.channel.organization_id == organization.pk],
            may_change=viewer.may(Action.CHANGE_ALERTS, organization),
        )
        for organization in organizations
    ]
    context = ChannelsContext(
        groups=groups, kinds=list(channels().values()), has_many=len(organizations) > 1
    )
    return show(request, "pages/alert_channels/page.html", context, section="alerts")


def new_channel(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form of a new channel: `kind` says of which kind, `organization` where."""
    kind = channels().get(request.GET.get("kind", ""))
    if kind is None:
        return redirect("alert-channels")
    organization = _organization(request, viewer)
    problems: list[Problem] = []
    entry = {"name": kind.label, "kind": kind.name}
    if request.method == "POST":
        entry = entry_of(kind, request.POST, None)
        author = Author(user=viewer.user)
        before = set(the_kind("channels").current(organization))
        problems = write(organization, the_kind("channels"), entry, author, is_new=True)
        if not problems:
            made = Channel.objects.filter(organization=organization).exclude(slug__in=before)
            channel = made.latest("pk")
            note_change(request, organization, f"made the channel {channel.slug} ({kind.label})")
            put_flash(request, Flash(text=f"{channel.name} was added. Send a test message now."))
            return redirect("alert-channel", channel.pk)
    others = list(Channel.objects.filter(organization=organization).order_by("name"))
    fields, rest = fields_of(organization, kind, entry, None, others, problems)
    context = ChannelContext(
        kind=kind,
        organization=organization,
        row=None,
        fields=fields,
        rest=rest,
        deliveries=[],
        may_change=True,
        is_waiting=False,
    )
    status = 400 if problems else 200
    return show(request, "pages/alert_channels/edit.html", context, section="alerts", status=status)


def one_channel(request: HttpRequest, viewer: Viewer, channel_id: int) -> HttpResponse:
    """The form of a channel and what it was sent; a POST with `do` tests, saves or removes."""
    channel = _find(viewer, channel_id)
    if request.method == "POST":
        return _change(request, viewer, channel)
    return _page(request, viewer, channel)


def channel_deliveries(request: HttpRequest, viewer: Viewer, channel_id: int) -> HttpResponse:
    """The fragment with the newest messages, asked for again while one is on its way."""
    channel = _find(viewer, channel_id)
    mend_if_tested(channel)
    return show(request, "pages/alert_channels/_deliveries.html", _context(viewer, channel))


def _change(request: HttpRequest, viewer: Viewer, channel: Channel) -> HttpResponse:
    wish = request.POST.get("do", "")
    if wish == "test":
        send_test(channel, viewer.user)
        note_change(request, channel.organization, f"tested the channel {channel.slug}")
        return redirect("alert-channel", channel.pk)
    if wish == "remove":
        if request.POST.get("confirm", "").strip() != channel.name:
            raise BadQuery("write the channel's name to remove it")
        the_kind("channels").remove(channel.organization, channel.slug)
        note_change(request, channel.organization, f"removed the channel {channel.slug}")
        put_flash(request, Flash(text=f"{channel.name} was removed."))
        return redirect("alert-channels")
    if wish != "save":
        raise BadQuery("a channel is saved, tested or removed")
    kind = _kind_of(channel)
    entry = entry_of(kind, request.POST, channel)
    problems = write(channel.organization, the_kind("channels"), entry, Author(user=viewer.user))
    if problems:
        return _page(request, viewer, channel, entry, problems)
    note_change(request, channel.organization, f"changed the channel {channel.slug}")
    put_flash(request, Flash(text=f"{entry['name']} was saved."))
    return redirect("alert-channel", channel.pk)


def _page(
    request: HttpRequest,
    viewer: Viewer,
    channel: Channel,
    entry: dict[str, object] | None = None,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    mend_if_tested(channel)
    channel.refresh_from_db()
    context = _context(viewer, channel, entry, problems)
    return show(
        request,
        "pages/alert_channels/edit.html",
        context,
        section="alerts",
        status=400 if problems else 200,
    )


def _context(
    viewer: Viewer,
    channel: Channel,
    entry: dict[str, object] | None = None,
    problems: Sequence[Problem] = (),
) -> ChannelContext:
    kind = _kind_of(channel)
    rows = Channel.objects.filter(organization=channel.organization_id)
    others = list(rows.exclude(pk=channel.pk).order_by("name"))
    fields, rest = fields_of(
        channel.organization, kind, entry or _entry(channel), channel, others, problems
    )
    sent = OutboxMessage.objects.filter(channel=channel).aggregate(sent=Max("sent_at"))
    channel.sent = sent["sent"]  # type: ignore[attr-defined]
    deliveries = deliveries_to(channel)
    return ChannelContext(
        kind=kind,
        organization=channel.organization,
        row=make_rows([channel])[0],
        fields=fields,
        rest=rest,
        deliveries=deliveries,
        may_change=viewer.may(Action.CHANGE_ALERTS, channel.organization),
        is_waiting=any(one.state == "waiting" for one in deliveries[:3]),
        interaction_url=f"{base_url()}/slack/{channel.pk}/" if channel.kind == "slack" else "",
    )


def _entry(channel: Channel) -> dict[str, object]:
    """The channel as it is written."""
    return the_kind("channels").current(channel.organization)[channel.slug]


def _kind_of(channel: Channel) -> ChannelKind:
    """Its kind. Raises Http404 for one that this version does not have."""
    kind = channels().get(channel.kind)
    if kind is None:
        raise Http404("there is no such kind of channel")
    return kind


def _rows(viewer: Viewer) -> QuerySet[Channel]:
    assert viewer.action is not None
    held = Channel.objects.filter(organization__in=viewer.access.organizations_for(viewer.action))
    return held.select_related("organization").order_by("organization", "name", "pk")


def _find(viewer: Viewer, channel_id: int) -> Channel:
    return get_object_or_404(_rows(viewer), pk=channel_id)


def _organization(request: HttpRequest, viewer: Viewer) -> Organization:
    """The named organisation, or the first in which the viewer may add a channel."""
    named = request.GET.get("organization", "")
    if named:
        return viewer.organization(named)
    return viewer.access.organizations_for(Action.CHANGE_ALERTS)[0]


PAGE = Page(
    routes=(
        Route(
            path="alerts/channels/",
            name="alert-channels",
            view=channel_list,
            action=Action.VIEW_ALERTS,
        ),
        Route(
            path="alerts/channels/new/",
            name="alert-channel-new",
            view=new_channel,
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
