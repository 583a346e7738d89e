"""The events of a recording, read as far as they are needed: kinds, times and what SDKs add.

What they hold besides, whole documents, is skipped and never becomes an object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

FULL_SNAPSHOT: Final = 2
INCREMENTAL: Final = 3
CUSTOM: Final = 5
_MUTATION = 0
_MOST_CUSTOM_BYTES = 256 << 10  # of one thing that an SDK adds
_LEAST_MILLISECONDS = 1e11  # what is less are seconds: of the year 5138 as such
_MOST_MILLISECONDS = 4e12
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Event(msgspec.Struct, gc=False):
    type: Any = None
    timestamp: Any = None
    data: msgspec.Raw = msgspec.Raw(b"")


class _Change(msgspec.Struct, gc=False):
    source: int | None = None
    adds: list[msgspec.Raw] = []
    removes: list[msgspec.Raw] = []
    texts: list[msgspec.Raw] = []
    attributes: list[msgspec.Raw] = []


class Custom(msgspec.Struct, gc=False):
    """What an SDK adds: a breadcrumb, a span of the page's performance, its options."""

    tag: str = ""
    payload: dict[str, Any] = {}


class Moment(NamedTuple):
    """One event: its type, its time in milliseconds (None where it has none), its data."""

    type: int
    ms: float | None
    data: msgspec.Raw


_decode_all = msgspec.json.Decoder(list[_Event]).decode
_decode_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_one = msgspec.json.Decoder(_Event).decode
_decode_change = msgspec.json.Decoder(_Change).decode
_decode_custom = msgspec.json.Decoder(Custom).decode


def read_events(text: bytes | msgspec.Raw) -> list[Moment]:
    """Every event of a list; what is none is left out. Raises msgspec.DecodeError, RecursionError
    and UnicodeDecodeError where the text is no list of JSON."""
    try:
        found = _decode_all(text)
    except msgspec.ValidationError:
        found = list(_tolerantly(text))
    return [
        Moment(one.type, milliseconds(one.timestamp), one.data)
        for one in found
        if isinstance(one.type, int)
    ]


def changes_in(data: msgspec.Raw) -> int:
    """How many nodes a mutation of the document adds, removes and changes; 0 for other events."""
    try:
        change = _decode_change(data)
    except _BROKEN:
        return 0
    if change.source != _MUTATION:
        return 0
    return sum(map(len, (change.adds, change.removes, change.texts, change.attributes)))


def custom_in(data: msgspec.Raw) -> Custom | None:
    """What an SDK added; None for anything else, and for more than one ever sends."""
    if len(bytes(data)) > _MOST_CUSTOM_BYTES:
        return None
    try:
        return _decode_custom(data)
    except _BROKEN:
        return None


def milliseconds(value: object) -> float | None:
    """A time in milliseconds since 1970, of one in these or in seconds, as SDKs mix them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 < value < _MOST_MILLISECONDS:  # which no NaN is, and integers have no bound
        return None
    ms = value * 1000 if value < _LEAST_MILLISECONDS else value
    return float(ms) if ms < _MOST_MILLISECONDS else None


def _tolerantly(text: bytes | msgspec.Raw) -> Iterator[_Event]:
    for one in _decode_raw(text):
        try:
            yield _decode_one(one)
        except msgspec.ValidationError:
            continue
