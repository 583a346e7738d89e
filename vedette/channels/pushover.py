"""Pushover: to a person's or a group's devices; what is critical repeats until it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import headline, plain, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_URL = "https://api.pushover.net/1/messages.json"
_EMERGENCY = {"priority": 2, "retry": 60, "expire": 3600}


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """POST it."""
    content, kind = parcel.content, tone(parcel.content)
    body: dict[str, Any] = {
        "token": settings["token"],
        "user": settings["user"],
        "title": headline(content, most=250),
        "message": plain(parcel, most=1024),
        "url": (content.alerts[0].url if content.alerts else content.url)[:512],
        "url_title": "Open in Vedette",
        **(_EMERGENCY if kind == "critical" else {"priority": 1 if kind == "warning" else 0}),
    }
    answer = post_json(fetcher, settings.get("url") or _URL, body)
    return Receipt(status=answer.status, answer=said(answer))


CHANNEL = ChannelKind(
    name="pushover",
    label="Pushover",
    help="an application's token and the key of a user or group",
    fields=(
        Field(name="token", label="Application token", is_secret=True),
        Field(name="user", label="User or group key", is_secret=True),
        Field(name="url", label="Address", is_needed=False, is_address=True),
    ),
    deliver=deliver,
    limits={"message": 1024, "title": 250, "url": 512},
)
