"""Everything else: a hundred services by an Apprise address, where that library is installed."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.channels import (
    ChannelBroken,
    ChannelKind,
    DeliveryError,
    Parcel,
    Receipt,
)
from vedette.channels._words import headline, plain, tone
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_TYPES = {"critical": "failure", "warning": "warning", "resolved": "success", "notice": "info"}
_MISSING = "Apprise is not installed: pip install vedette[apprise]"


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Hand it over to Apprise, which makes its own requests."""
    try:
        import apprise  # type: ignore[import-not-found]
    except ImportError:
        raise ChannelBroken(_MISSING) from None
    there = apprise.Apprise()
    if not there.add(settings["url"]):
        raise ChannelBroken("Apprise cannot read this address")
    done = there.notify(
        title=headline(parcel.content, most=200),
        body=plain(parcel),
        notify_type=_TYPES[tone(parcel.content)],
    )
    if not done:
        raise DeliveryError("Apprise could not hand the message over")
    return Receipt(answer="taken")


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """Whether the library is there."""
    try:
        import apprise  # noqa: F401
    except ImportError:
        return {"url": _MISSING}
    return {}


CHANNEL = ChannelKind(
    name="apprise",
    label="Apprise",
    help="a hundred further services by an Apprise address (optional extra)",
    fields=(Field(name="url", label="Apprise address", is_secret=True),),
    deliver=deliver,
    check=check,
)
