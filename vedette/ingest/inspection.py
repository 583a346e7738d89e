"""A look at an envelope before it is accepted: which items, which categories, which flaws.

Payloads of events are checked to be JSON (one validating pass that builds nothing), so that
a client hears of broken JSON at once. One bad item never costs its neighbours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import msgspec

from vedette.ingest.errors import IngestError, TooLarge
from vedette.wire.envelope import (
    EnvelopeHeaders,
    Item,
    MalformedEnvelope,
    clean_event_id,
    new_event_id,
    read_headers,
    walk_items,
)
from vedette.wire.limits import MAX_ITEM_BYTES, category_of, quantity_of

_CARRIES_EVENT_ID = frozenset(
    {
        "event",
        "transaction",
        "security",
        "raw_security",
        "nel",
        "attachment",
        "form_data",
        "unreal_report",
        "user_report",
        "feedback",
        "replay_event",
        "profile",
    }
)
_IS_EVENT = frozenset({"event", "transaction", "feedback", "error", "default", "security"})
_ATTACHMENTS = frozenset(
    {"attachment", "replay_recording", "replay_video", "profile", "profile_chunk"}
)


class _Probe(msgspec.Struct, gc=False):
    event_id: msgspec.Raw = msgspec.Raw()


_probe = msgspec.json.Decoder(_Probe).decode


@dataclass(slots=True)
class Inspection:
    """What an envelope holds: its id, the good items' counts and the others' errors by category."""

    headers: EnvelopeHeaders
    event_id: str = ""
    categories: dict[str, int] = field(default_factory=dict)
    errors: list[tuple[str, IngestError]] = field(default_factory=list)


def inspect(body: bytes, *, max_event_bytes: int) -> Inspection:
    """Check a decoded envelope. Raises IngestError if its grammar is broken."""
    try:
        headers, offset = read_headers(body)
        seen = Inspection(headers, clean_event_id(headers.event_id) or "")
        for item in walk_items(body, offset):
            error = _flaw(body, item, seen, max_event_bytes)
            if error is not None:
                seen.errors.append((category_of(item.header.type), error))
                continue
            category = category_of(item.header.type)
            count = quantity_of(item.header.type, item.header.item_count)
            seen.categories[category] = seen.categories.get(category, 0) + count
            if not seen.event_id and item.header.type in _CARRIES_EVENT_ID:
                seen.event_id = new_event_id()
    except MalformedEnvelope as error:
        raise IngestError(str(error), reason="malformed_envelope") from None
    return seen


def _flaw(body: bytes, item: Item, seen: Inspection, max_event_bytes: int) -> IngestError | None:
    """Why the pipeline would refuse this item, or None. Adopts the event's own id if needed."""
    kind = item.header.type
    size = item.end - item.start
    limit = MAX_ITEM_BYTES.get(kind, max_event_bytes if kind not in _ATTACHMENTS else size)
    if size > limit:
        return TooLarge(
            f"envelope exceeded size limits for type '{kind[:40]}' "
            "(https://develop.sentry.dev/sdk/envelopes/#size-limits)",
            reason="too_large",
        )
    if kind not in _IS_EVENT:
        return None
    payload = item.payload(body)
    try:
        own_id = _probe(payload).event_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerant_flaw(payload, seen)
    if not seen.event_id:
        seen.event_id = clean_event_id(bytes(own_id).decode("latin-1").strip('"')) or new_event_id()
    return None


def _tolerant_flaw(payload: bytes, seen: Inspection) -> IngestError | None:
    """The second opinion of a parser that takes NaN and lone surrogates."""
    try:
        event = json.loads(payload.decode("utf-8", "replace"))
    except RecursionError:
        return IngestError("invalid JSON: nested too deeply", reason="invalid_json")
    except ValueError as error:
        return IngestError(f"invalid JSON: {error}", reason="invalid_json")
    if not isinstance(event, dict):
        return IngestError("invalid event: not a JSON object", reason="invalid_json")
    if not seen.event_id:
        seen.event_id = clean_event_id(event.get("event_id")) or new_event_id()
    return None
