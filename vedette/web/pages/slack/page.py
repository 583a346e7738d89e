"""Buttons of messages in Slack: who pressed one acts, if they may, and sees it in the message.

Slack waits three seconds for the answer, so nothing is asked of it but who the person is; the
message is changed by the outbox.
"""

from __future__ import annotations

import logging

from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from vedette.access.actions import Action
from vedette.access.loading import access_of
from vedette.accounts.models import AuditEntry, User
from vedette.alerts.answering import show_done
from vedette.alerts.models import Alert, Channel
from vedette.alerts.slack_calls import Pressed, RefusedCall, check, read_press
from vedette.channels import DeliveryError
from vedette.channels._slack_people import address_of, tell
from vedette.connections.secrets import settings_of
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.web.pages.alerts.acting import carry_out
from vedette.web.routing import Open, Page, Route

log = logging.getLogger("vedette.web")

_MOST_BYTES = 1 << 20
_WISHES = {"acknowledge": "acknowledge", "resolve": "resolve", "silence": "silence:1"}


class _MayNot(Exception):  # noqa: N818 - it is an answer to a person
    """Why this person may not act, in words for them."""


@csrf_exempt
def interaction(request: HttpRequest, channel_id: int) -> HttpResponse:
    """200 for a signed press; 401 for a call that is not, is old, or came before."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > _MOST_BYTES:
        return HttpResponse(status=413)
    if request.content_type != "application/x-www-form-urlencoded":
        return HttpResponse(status=415)
    channel = Channel.objects.filter(pk=channel_id, kind="slack", is_enabled=True).first()
    if channel is None:
        return HttpResponse(status=401)
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    try:
        check(channel, stamp, signature, request.body)
    except RefusedCall as error:
        log.warning("a call for the channel %s is refused: %s", channel.slug, error)
        return HttpResponse(status=401)
    try:
        pressed = read_press(channel, request.POST.get("payload", ""))
    except RefusedCall as error:
        log.warning("a call for the channel %s is of no use: %s", channel.slug, error)
        return HttpResponse(status=400)
    _answer(channel, pressed)
    return HttpResponse(status=200)


def _answer(channel: Channel, pressed: Pressed) -> None:
    """Act, or tell the person alone why not."""
    fetcher = Fetcher(read_networks(django_settings.CONFIG.outgoing_networks))
    settings = settings_of(channel)
    try:
        user = _person(channel, settings, pressed, fetcher)
        _act(channel, pressed, user, _alerts(channel, pressed, user))
    except _MayNot as error:
        try:
            tell(settings, pressed.response_url, str(error), fetcher)
        except DeliveryError as fault:
            log.warning("somebody could not be told why they may not act: %s", fault)


def _person(
    channel: Channel, settings: dict[str, str], pressed: Pressed, fetcher: Fetcher
) -> User | None:
    """The member who pressed it; None for anybody where the channel lets anybody act."""
    try:
        address = address_of(settings, pressed.user_id, fetcher)
    except DeliveryError as error:
        if _is_open(settings):
            return None
        raise _MayNot(f"Nothing was done: {error}.") from None
    members = User.objects.filter(
        email__iexact=address, is_active=True, memberships__organization=channel.organization_id
    )
    user = members.first()
    if user is None and not _is_open(settings):
        raise _MayNot(f"Nothing was done: {address} is no member of {channel.organization.name}.")
    return user


def _alerts(channel: Channel, pressed: Pressed, user: User | None) -> list[Alert]:
    """Those of the button that are still there, which the person may change."""
    rows = Alert.objects.filter(
        pk__in=pressed.alert_ids, project__organization=channel.organization_id
    )
    if user is not None and not _is_open(settings_of(channel)):
        rows = rows.filter(project__in=access_of(user).projects_for(Action.CHANGE_ALERTS))
    found = list(rows.select_related("rule__project__organization", "project").order_by("pk"))
    if not found:
        raise _MayNot("Nothing was done: these alerts are not there any more, or not yours.")
    return found


def _act(channel: Channel, pressed: Pressed, user: User | None, alerts: list[Alert]) -> None:
    who = str(user) if user is not None else pressed.user_name
    wish = _WISHES.get(pressed.action)
    if wish is None:
        raise _MayNot("Nothing was done: this button is not known.")
    with transaction.atomic():
        words = carry_out(wish, alerts, user, f"by {who} in Slack")
        AuditEntry.objects.create(
            organization=channel.organization,
            who=user.email if user is not None else f"{pressed.user_name} in Slack",
            address="",
            what=f"alerts {', '.join(f'#{one.pk}' for one in alerts[:20])}: {words}"[:400],
        )
        show_done(pressed.message, f"{words.removesuffix('.')} by {who}.")


def _is_open(settings: dict[str, str]) -> bool:
    return settings.get("anyone", "").lower() in ("yes", "true")


PAGE = Page(
    routes=(
        Route(
            path="slack/<id:channel_id>/",
            name="slack-interaction",
            view=interaction,
            action=Open.TO_ALL,
        ),
    )
)
