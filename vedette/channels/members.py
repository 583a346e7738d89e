"""The members themselves, by mail: each as they chose, with their quiet hours and digests."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.channels import ChannelField, ChannelKind, Parcel, Receipt
from vedette.outgoing.fetcher import Fetcher

_WHO = ("all", "owner", "assigned")


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Whom it concerns is known to the product alone: it takes the message over itself."""
    raise NotImplementedError("messages to members are taken over by vedette.alerts.people")


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """One of the words."""
    if settings.get("who", "all") not in _WHO:
        return {"who": f"one of {', '.join(_WHO)}"}
    return {}


CHANNEL = ChannelKind(
    name="members",
    label="Members by e-mail",
    help="everybody who sees the project, or the rule's owner, or whom the issue is assigned to",
    fields=(
        ChannelField(
            name="who", label="Who", help="all, owner or assigned", is_needed=False, default="all"
        ),
    ),
    deliver=deliver,
    check=check,
    is_personal=True,
)
