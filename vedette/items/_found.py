"""Events that the product makes of what it finds itself: their payload has an `occurrence`."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import msgspec

from vedette.items import Effects, RawItem
from vedette.outcome import Drop, DropReason
from vedette.spans.span import mapping

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read_found(
    item: RawItem, kinds: Container[str], event_type: str, unknown: str, **absent: str
) -> Effects | Drop:
    """The event, under a type of its own, if it names one of these kinds; else `unknown` is why
    it is dropped. `absent` is what holds for fields that it has not."""
    try:
        event = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    name = mapping(event.get("occurrence")).get("type")
    if not isinstance(name, str) or name not in kinds:
        return Drop(DropReason.INVALID_ITEM, unknown)
    event |= {"type": event_type, "logger": name, "exception": None, "threads": None}
    try:
        return Effects(event=msgspec.json.encode({**absent, **event}))
    except UnicodeEncodeError:  # half of a pair of surrogates
        return Drop(DropReason.INVALID_ITEM)
