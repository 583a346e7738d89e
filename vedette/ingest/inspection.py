"""A look at an envelope before it is accepted: which items, which categories, which flaws.

Payloads of events are checked to be JSON (one validating pass that builds nothing), so that
a client hears of broken JSON at once. One bad item never costs its neighbours.
"""

from __future__ import annotations

import json

import msgspec

from vedette.ingest.errors import IngestError
from vedette.items import ItemKind, kind_of
from vedette.wire.envelope import (
    Item,
    MalformedEnvelope,
    clean_event_id,
    new_event_id,
    read_headers,
    walk_items,
)

_TOLERANT_AT_ONCE_BYTES = 16 << 10


class TooMuch(Exception):
    """More work than is done at once."""


class _Probe(msgspec.Struct, gc=False):
    event_id: msgspec.Raw = msgspec.Raw()


_probe = msgspec.json.Decoder(_Probe).decode


class Flaw(msgspec.Struct, array_like=True, gc=False):
    """Why the pipeline would refuse an item: an IngestError to be."""

    category: str
    detail: str
    reason: str
    status: int = 400


class Inspection(msgspec.Struct, array_like=True):
    """What an envelope holds: its id, the good items' counts and bytes, and the others' flaws."""

    dsn: str | None
    event_id: str = ""
    categories: dict[str, int] = {}
    flaws: list[Flaw] = []
    sent_at: str | None = None
    sizes: dict[str, int] = {}

    @property
    def tie(self) -> str:
        """What the envelope shares with others that are to be read in order: its replay."""
        return self.event_id if "replay" in self.categories else ""


def inspect(body: bytes, *, max_event_bytes: int, most_items: int = 0) -> Inspection:
    """Check a decoded envelope. Raises IngestError if its grammar is broken.

    With `most_items` it raises TooMuch where more items, or a slow look at one, are needed.
    """
    try:
        headers, offset = read_headers(body)
        seen = Inspection(
            headers.dsn, clean_event_id(headers.event_id) or "", sent_at=headers.sent_at
        )
        categories, sizes = seen.categories, seen.sizes
        for count, item in enumerate(walk_items(body, offset), 1):
            if most_items and count > most_items:
                raise TooMuch
            kind = kind_of(item.header.type)
            flaw = _flaw(body, item, kind, seen, max_event_bytes, is_at_once=most_items > 0)
            if flaw is not None:
                seen.flaws.append(flaw)
                continue
            quantity = kind.quantity(item.header)
            category = kind.category
            categories[category] = categories.get(category, 0) + quantity
            sizes[category] = sizes.get(category, 0) + item.end - item.start
            if not seen.event_id and kind.carries_event_id:
                seen.event_id = new_event_id()
    except MalformedEnvelope as error:
        raise IngestError(str(error), reason="malformed_envelope") from None
    return seen


def _flaw(
    body: bytes,
    item: Item,
    kind: ItemKind,
    seen: Inspection,
    max_event_bytes: int,
    *,
    is_at_once: bool,
) -> Flaw | None:
    """Why the pipeline would refuse this item, or None. Adopts the event's own id if needed."""
    if item.end - item.start > (kind.most_bytes or max_event_bytes):
        return Flaw(
            kind.category,
            f"envelope exceeded size limits for type '{item.header.type[:40]}' "
            "(https://develop.sentry.dev/sdk/envelopes/#size-limits)",
            "too_large",
            413,
        )
    if not kind.is_event:
        return None
    payload = item.payload(body)
    try:
        own_id = _probe(payload).event_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if is_at_once and len(payload) > _TOLERANT_AT_ONCE_BYTES:
            raise TooMuch from None
        flaw = _tolerant_flaw(payload, seen)
        return Flaw(kind.category, flaw, "invalid_json") if flaw else None
    if not seen.event_id:
        seen.event_id = clean_event_id(bytes(own_id).decode("latin-1").strip('"')) or new_event_id()
    return None


def _tolerant_flaw(payload: bytes, seen: Inspection) -> str:
    """The second opinion of a parser that takes NaN and lone surrogates."""
    try:
        event = json.loads(payload.decode("utf-8", "replace"))
    except RecursionError:
        return "invalid JSON: nested too deeply"
    except ValueError as error:
        return f"invalid JSON: {error}"
    if not isinstance(event, dict):
        return "invalid event: not a JSON object"
    if not seen.event_id:
        seen.event_id = clean_event_id(event.get("event_id")) or new_event_id()
    return ""
