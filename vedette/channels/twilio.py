"""SMS by Twilio, or a service that speaks its Messages API."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._each import send_to_each
from vedette.channels._http import fields_of, post
from vedette.channels._words import cut, headline
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_API = "https://api.twilio.com"
_MOST = 300  # two parts of a concatenated message


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """One message per number."""
    account = settings["account"]
    url = (
        f"{settings.get('api') or _API}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
    )
    login = base64.b64encode(f"{account}:{settings['token']}".encode()).decode()
    headers = {
        "authorization": f"Basic {login}",
        "content-type": "application/x-www-form-urlencoded",
    }
    sent: list[str] = []

    def send(number: str) -> None:
        form = {"To": number, "From": settings["from"], "Body": text(parcel)}
        answer = post(fetcher, url, urlencode(form).encode(), headers)
        sent.append(str(fields_of(answer).get("sid", "")))

    _, refused = send_to_each(settings["to"].replace(",", " ").split(), parcel, send)
    words = f"sent {sent[-1] if sent else ''}".strip()
    return Receipt(status=201, answer=words + (f", refused: {refused[0]}" if refused else ""))


def text(parcel: Parcel) -> str:
    """The headline, the figure, and where to look."""
    content = parcel.content
    part = content.alerts[0] if content.alerts else None
    url = part.url if part and not content.more and len(content.alerts) == 1 else content.url
    figure = f" {part.figure}" if part and part.figure else ""
    return f"{cut(headline(content) + figure, _MOST - len(url) - 1)} {url}"


CHANNEL = ChannelKind(
    name="twilio",
    label="SMS (Twilio)",
    help="account, token, the number to send from and those to send to",
    fields=(
        Field(name="account", label="Account SID"),
        Field(name="token", label="Auth token", is_secret=True),
        Field(name="from", label="From", help="+15550001111"),
        Field(name="to", label="To", help="numbers, with commas between"),
        Field(name="api", label="Address of the API", is_needed=False, is_address=True),
    ),
    deliver=deliver,
    limits={"body": 1600},
)
