"""The envelope grammar: headers and items on bytes, without decoding payloads.

Called by the door (to check and count) and by the pipeline (to split). Lengths are
respected to the byte; a payload may hold anything. Source: protocol, section 2.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

MAX_ITEMS = 1000
_skip_blank = re.compile(rb"[\r\n \t]*").match
_given: ContextVar[str] = ContextVar("given", default="")
_HEX_ID = re.compile(r"[0-9a-fA-F]{32}\Z")


class MalformedEnvelope(ValueError):
    """The bytes are not an envelope; the text is the answer's `detail`."""


class EnvelopeHeaders(msgspec.Struct, gc=False):
    """The first line of an envelope. Unknown and ill-typed fields are ignored."""

    event_id: str | None = None
    dsn: str | None = None
    sent_at: str | None = None


class ItemHeader(msgspec.Struct, gc=False):
    """The header line of one item."""

    type: str
    length: int | None = None
    content_type: str | None = None
    filename: str | None = None
    attachment_type: str | None = None
    item_count: int | None = None
    platform: str | None = None
    sentry_release: str | None = None
    sentry_environment: str | None = None


class Item(msgspec.Struct, gc=False):
    """An item and where its payload lies in the body it was read from."""

    header: ItemHeader
    start: int
    end: int

    def payload(self, body: bytes) -> bytes:
        """The payload cut from `body`."""
        return body[self.start : self.end]


_decode_headers = msgspec.json.Decoder(EnvelopeHeaders).decode
_decode_item = msgspec.json.Decoder(ItemHeader).decode
_decode_any = msgspec.json.Decoder().decode


def read_headers(body: bytes) -> tuple[EnvelopeHeaders, int]:
    """The envelope headers and the offset of the first item. Raises MalformedEnvelope."""
    if not body:
        raise MalformedEnvelope("empty request body")
    end = body.find(b"\n")
    if end < 0:
        end = len(body)
    line = body[:end]
    try:
        return _decode_headers(line), end + 1
    except msgspec.ValidationError:
        return _lenient_headers(line), end + 1
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if not line.strip():
            return EnvelopeHeaders(), end + 1
        raise MalformedEnvelope("invalid envelope header: not a JSON object") from None


def walk_items(body: bytes, offset: int) -> Iterator[Item]:
    """Yield the items from `offset` on. Raises MalformedEnvelope where the lengths do not add up.

    An item without a length runs to the next newline or the end; blank lines between items
    are skipped. An envelope holds at most MAX_ITEMS items.
    """
    size = len(body)
    count = 0
    while offset < size:
        if body[offset] <= 32:
            blank = _skip_blank(body, offset)
            offset = blank.end() if blank and blank.end() > offset else offset
            if offset >= size:
                return
        count += 1
        if count > MAX_ITEMS:
            raise MalformedEnvelope(f"more than {MAX_ITEMS} items")
        end = body.find(b"\n", offset)
        if end < 0:
            end = size
        header = _read_item_header(body[offset:end])
        start = min(end + 1, size)
        length = header.length
        if length is None:
            end = body.find(b"\n", start)
            if end < 0:
                end = size
        else:
            end = start + length
            if length < 0 or end > size:
                raise MalformedEnvelope("unexpected end of file")
            if end < size and body[end] != 10:
                raise MalformedEnvelope("missing newline after header or payload")
        yield Item(header, start, end)
        offset = end + 1


def clean_event_id(text: object) -> str | None:
    """32 lower-case hex digits from an id with or without dashes; None for anything else."""
    if not isinstance(text, str) or len(text) not in (32, 36):
        return None
    plain = text.replace("-", "")
    if not _HEX_ID.match(plain) or plain == "0" * 32:
        return None
    return plain.lower()


def new_event_id() -> str:
    """A fresh id for an event that came without a usable one; within `ids_are` the given one."""
    return _given.get() or uuid.uuid4().hex


@contextmanager
def ids_are(given: str) -> Iterator[None]:
    """New ids are this one while the block runs; with an empty one they are fresh as ever.

    So a request that a relay sends again comes to the same, and to what the relay has answered.
    """
    token = _given.set(given)
    try:
        yield
    finally:
        _given.reset(token)


def build_envelope(
    headers: dict[str, object], items: list[tuple[dict[str, object], bytes]]
) -> bytes:
    """Write an envelope; every item gets its length. Used for the legacy endpoints and tests."""
    encode = msgspec.json.encode
    parts = [encode(headers)]
    for header, payload in items:
        parts.append(encode({**header, "length": len(payload)}))
        parts.append(payload)
    return b"\n".join(parts) + b"\n"


def _read_item_header(line: bytes) -> ItemHeader:
    try:
        return _decode_item(line)
    except msgspec.ValidationError:
        return _lenient_item_header(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedEnvelope("invalid item header: not a JSON object") from None


def _lenient_headers(line: bytes) -> EnvelopeHeaders:
    raw = _decode_object(line, "envelope header")
    return EnvelopeHeaders(
        **{key: raw[key] for key in ("event_id", "dsn", "sent_at") if isinstance(raw.get(key), str)}
    )


def _lenient_item_header(line: bytes) -> ItemHeader:
    raw = _decode_object(line, "item header")
    if not isinstance(raw.get("type"), str):
        raise MalformedEnvelope("invalid item header: type is missing")
    length = raw.get("length")
    if length is not None and (isinstance(length, bool) or not isinstance(length, int)):
        raise MalformedEnvelope("invalid item header: length is not a whole number")
    header = ItemHeader(raw["type"], length)
    for field in ("content_type", "filename", "attachment_type", "platform"):
        if isinstance(raw.get(field), str):
            setattr(header, field, raw[field])
    return header


def _decode_object(line: bytes, what: str) -> dict[str, Any]:
    """A JSON object; the strict decoder may stop before it sees that the rest is no JSON."""
    try:
        raw = _decode_any(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise MalformedEnvelope(f"invalid {what}: not a JSON object")
    return raw
