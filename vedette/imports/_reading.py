"""What sources of other products have in common: groups for their issues, and times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
import xxhash

from vedette import clock
from vedette.imports._records import Group, Lost

R = TypeVar("R")
_UNREADABLE: Final = (
    *(KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError),
    msgspec.MsgspecError,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def readable(what: str, make: Callable[[], R]) -> R | Lost:
    """What is made of one thing of another product; what is not as it should be is lost alone."""
    try:
        return make()
    except _UNREADABLE:
        return Lost(f"{what} that cannot be read")


def own_group(source: str, issue: str) -> Group:
    """The group of the events that are taken over of an issue: the same whenever it is read."""
    from vedette.pipeline.grouping import VERSION

    return Group(xxhash.xxh3_128_hexdigest(f"{source}:{issue}".encode()), VERSION)


def joins_of(payload: bytes) -> list[Group]:
    """The group that such an event is put into when it comes here; none for what is no event."""
    from vedette.pipeline.grouping import group_and_name
    from vedette.wire.event import decode_event

    try:
        grouping, _ = group_and_name(decode_event(payload))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [Group(grouping.key.hex(), grouping.version)]


def moment_of(text: Any) -> datetime:
    """A time of an API; now where there is none that can be read."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return clock.now()
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
