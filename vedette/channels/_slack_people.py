"""Who a user of Slack is, by the address in their profile, and words only for them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from vedette.channels import ChannelBroken, DeliveryError
from vedette.channels._http import fields_of, post_json, said
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Fetcher, Request

API = "https://slack.com/api"
_LOOKUP_SECONDS = 1.5  # Slack waits three for the answer to a button
_ANSWER_SECONDS = 1.0
_RESPONSES = "hooks.slack.com"


def address_of(settings: Mapping[str, str], user_id: str, fetcher: Fetcher) -> str:
    """The e-mail address of a user (`users.info`). Raises DeliveryError in words."""
    url = f"{settings.get('api') or API}/users.info?{urlencode({'user': user_id})}"
    headers = {"authorization": f"Bearer {settings['token']}"}
    try:
        answer = fetcher.fetch(
            Request(url=url, headers=headers, seconds=_LOOKUP_SECONDS, most_redirects=0)
        )
    except OutgoingError:
        raise DeliveryError("Slack did not say in time who you are: try again") from None
    found = fields_of(answer)
    if not found.get("ok"):
        raise ChannelBroken(f"Slack does not say who you are: {found.get('error') or said(answer)}")
    user = found.get("user")
    profile = user.get("profile") if isinstance(user, dict) else None
    address = profile.get("email") if isinstance(profile, dict) else None
    if not isinstance(address, str) or not address:
        raise ChannelBroken("the bot may not read addresses: it needs the scope users:read.email")
    return address


def tell(settings: Mapping[str, str], url: str, words: str, fetcher: Fetcher) -> None:
    """Words that only the one who pressed the button sees. Raises DeliveryError."""
    host = urlsplit(url).hostname
    if host not in (_RESPONSES, urlsplit(settings.get("api") or API).hostname):
        raise DeliveryError("the address for answers is none of Slack's")
    body = {"response_type": "ephemeral", "replace_original": False, "text": words}
    post_json(fetcher, url, body, seconds=_ANSWER_SECONDS)
