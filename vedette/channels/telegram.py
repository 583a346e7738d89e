"""Telegram: a bot writes to a chat."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.channels import ChannelKind, DeliveryError, Parcel, Receipt
from vedette.channels._http import fields_of, post_json
from vedette.channels._words import plain
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_API = "https://api.telegram.org"
_MOST = 4096


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Plain text, so that nothing has to be escaped."""
    base = f"{settings.get('api') or _API}/bot{settings['token']}"
    body = {
        "chat_id": settings["chat"],
        "text": plain(parcel, most=_MOST),
        "link_preview_options": {"is_disabled": True},
    }
    found = fields_of(post_json(fetcher, f"{base}/sendMessage", body))
    if not found.get("ok"):
        raise DeliveryError(f"Telegram: {found.get('description', 'no answer')}")
    number = str(found.get("result", {}).get("message_id", ""))
    return Receipt(answer="sent", reference=number)


CHANNEL = ChannelKind(
    name="telegram",
    label="Telegram",
    help="a bot's token and the id of a chat",
    fields=(
        Field(name="token", label="Bot token", is_secret=True),
        Field(name="chat", label="Chat", help="-1001234567890 or @name"),
        Field(name="api", label="Address of the API", is_needed=False, is_address=True),
    ),
    deliver=deliver,
    limits={"text": 4096},
)
