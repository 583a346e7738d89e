"""A recording as it is sent, unpacked into one JSON text: `{"segment_id": 0, "events": […]}`.

It comes as a line of JSON and the events: plain, or packed with zlib or gzip. A mobile one is
a msgpack map of the segment's event, such a recording, and a video (protocol, section 3.11).
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from vedette.wire.encodings import inflate

MOST_BYTES: Final = 64 << 20  # of one segment, unpacked
MOST_SEGMENTS: Final = 10_000
_MOST_HEADER = 1024
_GZIP = b"\x1f\x8b"
_UNPACKED = re.compile(rb'\{\s*"segment_id"\s*:\s*[0-9]+\s*,\s*"events"\s*:')
_NO_EVENTS = b"[]"


class BadRecording(ValueError):
    """What was sent is no recording; says why."""


class _Header(msgspec.Struct):
    segment_id: Any = None


class _Packed(msgspec.Struct):
    replay_event: Any = None
    replay_recording: Any = None
    replay_video: Any = None


_decode_header = msgspec.json.Decoder(_Header).decode
_decode_packed = msgspec.msgpack.Decoder(_Packed).decode
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def unpack(payload: bytes) -> bytes:
    """The JSON of a recording; one that is unpacked already stays. Raises BadRecording."""
    if _UNPACKED.match(payload):
        return payload
    segment, events = _parts(payload)
    return b'{"segment_id":%d,"events":%b}' % (segment, events)


def unpack_video(payload: bytes) -> tuple[bytes, bytes]:
    """The JSON of a mobile recording, with the members of its event, and the video beside it.

    Raises BadRecording.
    """
    try:
        packed = _decode_packed(payload)
    except _BROKEN:
        raise BadRecording("no map of msgpack") from None
    segment, events = _parts(_bytes(packed.replay_recording))
    event = _bytes(packed.replay_event).strip()
    members = event[1:-1].strip() if event[:1] == b"{" and event[-1:] == b"}" else b""
    rest = b"," + members if members else b""
    text = b'{"segment_id":%d,"events":%b%b}' % (segment, events, rest)
    return text, _bytes(packed.replay_video)


def segment_number(value: object) -> int | None:
    """The number of a segment; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < MOST_SEGMENTS else None


def _parts(payload: bytes) -> tuple[int, bytes]:
    """The segment's number and the text of its events."""
    line, _, body = payload.partition(b"\n")
    if len(line) > _MOST_HEADER:
        raise BadRecording("no line with the number of the segment")
    try:
        segment = segment_number(_decode_header(line).segment_id)
    except _BROKEN:
        segment = None
    if segment is None:
        raise BadRecording("no number of the segment")
    return segment, _events(body)


def _events(body: bytes) -> bytes:
    """The list of events, told by its first bytes. Raises BadRecording, EncodingError."""
    first = body[:1]
    if body[:2] == _GZIP:
        body = inflate(body, b"gzip", MOST_BYTES)
    elif first and first[0] & 15 == 8:  # the method of zlib's header (RFC 1950)
        body = inflate(body, b"deflate", MOST_BYTES)
    body = body.strip()
    if not body:
        return _NO_EVENTS
    if body[:1] != b"[" or body[-1:] != b"]":
        raise BadRecording("no list of events")
    return body


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "replace") if isinstance(value, str) else b""
