"""ntfy: a topic on ntfy.sh or a server of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import headline, plain, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_URL = "https://ntfy.sh"
_PRIORITIES = {"critical": 5, "warning": 4, "resolved": 3, "notice": 3}
_TAGS = {
    "critical": "rotating_light",
    "warning": "warning",
    "resolved": "white_check_mark",
    "notice": "information_source",
}
_MOST = 3800  # bytes: longer ones become attachments


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Publish as JSON."""
    content, kind = parcel.content, tone(parcel.content)
    text = plain(parcel, most=_MOST).encode()[:_MOST].decode("utf-8", "ignore")
    body: dict[str, Any] = {
        "topic": settings["topic"],
        "title": headline(content, most=200),
        "message": text,
        "priority": _PRIORITIES[kind],
        "tags": [_TAGS[kind]],
        "click": content.alerts[0].url if content.alerts else content.url,
        "actions": [
            {"action": "view", "label": name.capitalize(), "url": url}
            for name, url in list(parcel.links.items())[:3]
        ],
    }
    token = settings.get("token")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = post_json(fetcher, settings.get("url") or _URL, body, headers)
    return Receipt(status=answer.status, answer=said(answer))


CHANNEL = ChannelKind(
    name="ntfy",
    label="ntfy",
    help="a topic of ntfy.sh or of your own server",
    fields=(
        Field(name="topic", label="Topic", is_secret=True),
        Field(
            name="url", label="Server", is_needed=False, help=f"default: {_URL}", is_address=True
        ),
        Field(name="token", label="Token", is_secret=True, is_needed=False),
    ),
    deliver=deliver,
    limits={"message_bytes": 4096, "actions": 3},
)
