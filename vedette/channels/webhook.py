"""Any server that takes JSON: signed, so that it can tell the message is genuine."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

import msgspec

from vedette import clock
from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post, said
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """POST the content; `X-Vedette-Signature` is `sha256=` and HMAC of `timestamp.body`."""
    made = {**msgspec.to_builtins(parcel.content), "id": parcel.identity}
    body = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "content-type": "application/json",
        "x-vedette-id": parcel.identity,
        "x-vedette-timestamp": str(int(clock.timestamp())),
    }
    secret = settings.get("secret", "")
    if secret:
        signed = f"{headers['x-vedette-timestamp']}.".encode() + body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        headers["x-vedette-signature"] = f"sha256={digest}"
    answer = post(fetcher, settings["url"], body, headers)
    return Receipt(status=answer.status, answer=said(answer))


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The address must be one."""
    if not settings.get("url", "").startswith(("http://", "https://")):
        return {"url": "an address that begins with https:// is needed"}
    return {}


CHANNEL = ChannelKind(
    name="webhook",
    label="Webhook",
    help="POSTs signed JSON to a server of yours",
    fields=(
        Field(name="url", label="Address", help="https://example.com/alerts", is_address=True),
        Field(
            name="secret",
            label="Secret",
            help="signs each message (X-Vedette-Signature)",
            is_secret=True,
            is_needed=False,
        ),
    ),
    deliver=deliver,
    tells_each=True,
    check=check,
)
