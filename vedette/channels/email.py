"""E-mail: text and HTML, one thread per group of alerts, with a link that ends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import make_msgid, parseaddr

from vedette.channels import (
    ChannelBroken,
    ChannelKind,
    DeliveryError,
    Parcel,
    Receipt,
)
from vedette.channels._each import send_to_each
from vedette.channels._mail_html import html
from vedette.channels._words import headline, plain
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_MOST_ADDRESSES = 50
_ADDRESS = re.compile(r"[^@\s]++@[^@\s]++")


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """One message per person, so that nobody sees the others' addresses."""
    people = addresses(settings.get("to", ""))
    if not people:
        raise ChannelBroken("there is no address to send to")
    taken, refused = send_to_each(people, parcel, lambda one: _send(one, settings, parcel))
    return Receipt(answer=f"taken for {taken}" + (f", refused: {refused[0]}" if refused else ""))


def _send(address: str, settings: Mapping[str, str], parcel: Parcel) -> None:
    from vedette.outgoing.mail import MailError, MailNotNow, Message, send

    message = Message(
        to=address,
        subject=headline(parcel.content, most=180),
        text=plain(parcel, most=20_000),
        html=html(parcel),
        headers=thread_headers(parcel, settings),
    )
    try:
        send(message)
    except MailNotNow as error:
        raise DeliveryError(str(error)) from None
    except MailError as error:
        raise ChannelBroken(str(error)) from None


def thread_headers(parcel: Parcel, settings: Mapping[str, str]) -> dict[str, str]:
    """The first message of a thread has its id, the later ones refer to it."""
    host = settings.get("host") or "vedette.local"
    root = f"<{parcel.content.organization}.{parcel.content.thread}@{host}>"
    headers = {"Auto-Submitted": "auto-generated", "X-Vedette-Id": parcel.identity}
    if parcel.identity.endswith("-1"):
        headers["Message-ID"] = root
    else:
        headers["Message-ID"] = make_msgid(domain=host)
        headers["In-Reply-To"] = headers["References"] = root
    leave = parcel.links.get("unsubscribe")
    if leave:
        headers["List-Unsubscribe"] = f"<{leave}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def addresses(text: str) -> list[str]:
    """The addresses of a list with commas, blanks or lines between."""
    parts = re.split(r"[,;\s]+", text.strip())
    return list(dict.fromkeys(parseaddr(part)[1] for part in parts if part))[:_MOST_ADDRESSES]


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """At least one address, and each looks like one."""
    parts = [part for part in re.split(r"[,;\s]+", settings.get("to", "").strip()) if part]
    wrong = [part for part in parts if not _ADDRESS.fullmatch(part)]
    if wrong:
        return {"to": f"{wrong[0]} is no address"}
    if len(parts) > _MOST_ADDRESSES:
        return {"to": f"at most {_MOST_ADDRESSES} addresses: use a list"}
    return {} if parts else {"to": "at least one address is needed"}


CHANNEL = ChannelKind(
    name="email",
    label="E-mail",
    help="addresses that get every message; the server is the installation's",
    fields=(Field(name="to", label="Addresses", help="ada@example.com, ops@example.com"),),
    deliver=deliver,
    check=check,
)
