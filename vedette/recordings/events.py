"""The events of a recording, read as far as they are needed: kinds, times and what SDKs add.

What they hold besides, whole documents, is skipped and never becomes an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

FULL_SNAPSHOT: Final = 2
INCREMENTAL: Final = 3
META: Final = 4
CUSTOM: Final = 5
MUTATION: Final = 0
INTERACTION: Final = 2
SCROLL: Final = 3
RESIZE: Final = 4
CLICK: Final = 2  # of what is done with a mouse, a pen or a finger
_MOST_CUSTOM_BYTES = 256 << 10  # of one thing that an SDK adds
_LEAST_MILLISECONDS = 1e11  # what is less are seconds: of the year 5138 as such
_MOST_MILLISECONDS = 4e12
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Event(msgspec.Struct, gc=False):
    type: Any = None
    timestamp: Any = None
    data: msgspec.Raw = msgspec.Raw(b"")


class Change(msgspec.Struct, gc=False):
    """What changed: of a mutation its lists, of what somebody did where and to what."""

    source: int | None = None
    adds: list[msgspec.Raw] = []
    removes: list[msgspec.Raw] = []
    texts: list[msgspec.Raw] = []
    attributes: list[msgspec.Raw] = []
    type: Any = None
    id: Any = None
    x: Any = None
    y: Any = None
    width: Any = None
    height: Any = None

    @property
    def size(self) -> int:
        """How many nodes a mutation adds, removes and changes."""
        return len(self.adds) + len(self.removes) + len(self.texts) + len(self.attributes)


class Meta(msgspec.Struct, gc=False):
    """The address that was open, and the size of the window."""

    href: Any = None
    width: Any = None
    height: Any = None


class Offset(msgspec.Struct, gc=False):
    """How far a page was scrolled."""

    left: Any = None
    top: Any = None


class _Node(msgspec.Struct, gc=False):
    id: Any = None


class Whole(msgspec.Struct, gc=False):
    """A whole page: the number of its document, and how far it was scrolled."""

    node: _Node = msgspec.field(default_factory=_Node)
    initialOffset: Offset = msgspec.field(default_factory=Offset)  # noqa: N815 - as it is sent


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
_decode_change = msgspec.json.Decoder(Change).decode
_decode_meta = msgspec.json.Decoder(Meta).decode
_decode_offset = msgspec.json.Decoder(Offset).decode
_WHOLE = re.compile(rb'"id":([0-9]{1,15})\},"initialOffset":(\{[^{}]*\})\}\Z')
_MOST_TAIL = 256
_decode_whole = msgspec.json.Decoder(Whole).decode
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


def change_in(data: msgspec.Raw) -> Change | None:
    """What an increment changes; None for what is none."""
    try:
        return _decode_change(data)
    except _BROKEN:
        return None


def meta_in(data: msgspec.Raw) -> Meta | None:
    """Address and size; None for what is neither."""
    try:
        return _decode_meta(data)
    except _BROKEN:
        return None


def whole_in(data: msgspec.Raw) -> Whole | None:
    """What is said of a whole page beside its nodes; None for what is none.

    Recorders write it behind the nodes, which then need not be read again.
    """
    text = memoryview(data)
    found = _WHOLE.search(bytes(text[-_MOST_TAIL:]))
    try:
        if found is None:
            return _decode_whole(data)
        return Whole(_Node(int(found[1])), _decode_offset(found[2]))
    except _BROKEN:
        return None


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
