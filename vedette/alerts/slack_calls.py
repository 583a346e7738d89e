"""Calls of Slack: proved by its signing secret, fresh, and taken once."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from vedette import clock
from vedette.alerts.links import read
from vedette.alerts.models import Channel, OutboxMessage, SeenCall
from vedette.connections.secrets import settings_of
from vedette.wire.json_text import parse

_VERSION = "v0"
_MOST_AGE_SECONDS = 300
_FORGET = timedelta(minutes=15)


class RefusedCall(Exception):  # noqa: N818 - what it is, in the word people use
    """A call that proves nothing, is old, came before, or asks for what cannot be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button that somebody pressed. `message` is the one that it was on."""

    action: str
    alert_ids: list[int]
    message: OutboxMessage
    user_id: str
    user_name: str
    response_url: str


def check(channel: Channel, stamp: str, signature: str, body: bytes) -> None:
    """The signature `v0`, within five minutes, never twice. Raises RefusedCall."""
    secret = settings_of(channel).get("signing_secret", "")
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise RefusedCall("the call is not signed")
    base = b":".join((_VERSION.encode(), stamp.encode(), body))
    wanted = f"{_VERSION}={hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise RefusedCall("the signature is wrong")
    if abs(clock.timestamp() - int(stamp)) > _MOST_AGE_SECONDS:
        raise RefusedCall("the call is too old")
    now = clock.now()
    SeenCall.objects.filter(at__lt=now - _FORGET).delete()
    try:
        with transaction.atomic():
            SeenCall.objects.create(proof=wanted[-64:], at=now)
    except IntegrityError:
        raise RefusedCall("the call came before") from None


def read_press(channel: Channel, payload: str) -> Pressed:
    """What was pressed. Raises RefusedCall for what is no button of a message of this channel."""
    found = _mapping(_decoded(payload))
    container = _mapping(found.get("container"))
    actions = found.get("actions")
    first = _mapping(actions[0]) if isinstance(actions, list) and actions else {}
    if found.get("type") != "block_actions" or not first:
        raise RefusedCall("only buttons are known")
    reference = f"{container.get('channel_id', '')} {container.get('message_ts', '')}"
    rows = OutboxMessage.objects.filter(channel=channel, reference=reference)
    message = rows.select_related("group").order_by("-pk").first()
    try:
        action, organization_id, ids = read(str(first.get("value", "")))
    except ValueError as error:
        raise RefusedCall(str(error)) from None
    if message is None or organization_id != channel.organization_id:
        raise RefusedCall("the message is none of this channel")
    user = _mapping(found.get("user"))
    return Pressed(
        action=action,
        alert_ids=ids,
        message=message,
        user_id=str(user.get("id", ""))[:64],
        user_name=str(user.get("username") or user.get("name") or "somebody")[:80],
        response_url=str(found.get("response_url", ""))[:2000],
    )


def _decoded(payload: str) -> Any:
    try:
        return parse(payload.encode())
    except ValueError:
        raise RefusedCall("the payload is no JSON") from None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
