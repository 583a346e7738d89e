"""From a request's body to an inspected envelope: decode, convert, look at every item.

Pure, and the same in two places: at once in the door for what is small, and in a process
apart (`lane`) for the rest. `open_at_once` gives up, before it costs a millisecond, on
whatever may turn out large; the body itself cannot be trusted to say so.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from vedette.ingest.endpoints import CONVERTERS, Incoming
from vedette.ingest.errors import IngestError
from vedette.ingest.inspection import Inspection, TooMuch, inspect
from vedette.wire.encodings import BodyTooLarge, EncodingError, inflate
from vedette.wire.envelope import MalformedEnvelope, ids_are, read_headers

_AT_ONCE_BYTES = 128 << 10
_AT_ONCE_PACKED_BYTES = 32 << 10
_AT_ONCE_CONVERTED_BYTES = 32 << 10
_AT_ONCE_ITEMS = 100
_AT_ONCE_MEMBERS = 16
_SLOW_ENDPOINTS = frozenset({"minidump", "unreal", "attachments"})
_FIRST_LINE_BYTES = 16 << 10


class Job(msgspec.Struct, array_like=True, gc=False):
    """What is to be opened, without the body."""

    endpoint: str
    method: str = "POST"
    content_type: str = ""
    encoding: bytes = b""
    query: bytes = b""
    argument: str = ""
    max_envelope_bytes: int = 100 << 20
    max_inflated_bytes: int = 48 << 20
    max_event_bytes: int = 10 << 20
    folder: str = ""  # where a large result is written
    path: str = ""  # the body's file, if it is large
    delivery: str = ""  # what ids are that are made anew, if a relay has named the request


class Opened(msgspec.Struct, array_like=True, tag=True, gc=False):
    """An envelope and what is in it."""

    seen: Inspection
    inflated_bytes: int
    envelope: bytes = b""  # of an endpoint that takes no envelope: what it was made into
    path: str = ""  # the file of a large one


class Failed(msgspec.Struct, array_like=True, tag=True, gc=False):
    """An IngestError that can be sent to another process."""

    detail: str
    reason: str
    status: int


Outcome: TypeAlias = Opened | Failed


def open_at_once(job: Job, body: bytes) -> Opened | None:
    """Open a small body; None if it is, or may become, a large one. Raises IngestError."""
    if job.endpoint != "envelope" and not _is_simple(job, body):
        return None
    is_packed = bool(job.encoding.strip())
    if len(body) > (_AT_ONCE_PACKED_BYTES if is_packed else _AT_ONCE_BYTES):
        return None
    most = min(_AT_ONCE_BYTES, job.max_inflated_bytes if is_packed else job.max_envelope_bytes)
    if job.endpoint != "envelope":
        most = min(most, _AT_ONCE_CONVERTED_BYTES)
    try:
        plain = inflate(body, job.encoding, most, most_members=_AT_ONCE_MEMBERS)
        return _finish(job, plain, most_items=_AT_ONCE_ITEMS)
    except (BodyTooLarge, TooMuch):
        return None
    except EncodingError as error:
        raise IngestError(str(error), status=error.status, reason="encoding") from None


def open_apart(job: Job, body: bytes) -> Opened:
    """Open a body of any size within the bounds of the job. Raises IngestError."""
    is_packed = bool(job.encoding.strip())
    most = job.max_inflated_bytes if is_packed else job.max_envelope_bytes
    try:
        plain = inflate(body, job.encoding, most)
    except EncodingError as error:
        raise IngestError(str(error), status=error.status, reason="encoding") from None
    return _finish(job, plain, most_items=0)


def dsn_of(prefix: bytes, encoding: bytes) -> str:
    """The `dsn` in an envelope's first line, from the first bytes of the body; "" if none.

    Only as much is inflated as the line may be long.
    """
    try:
        plain = inflate(prefix, encoding, _FIRST_LINE_BYTES, is_prefix=True)
        line, newline, _ = plain.partition(b"\n")
        return read_headers(line + newline)[0].dsn or ""
    except (EncodingError, MalformedEnvelope) as error:
        status = error.status if isinstance(error, EncodingError) else 400
        raise IngestError(str(error), status=status, reason="malformed_envelope") from None


def _is_simple(job: Job, body: bytes) -> bool:
    """Whether a converter is sure to be done soon."""
    if job.endpoint in _SLOW_ENDPOINTS or len(body) > _AT_ONCE_CONVERTED_BYTES:
        return False
    is_legacy = job.endpoint == "store" and job.method == "POST"
    return not is_legacy or bool(job.encoding) or body.lstrip()[:1] == b"{"


def _finish(job: Job, plain: bytes, *, most_items: int) -> Opened:
    if not job.delivery:
        return _inspected(job, plain, most_items=most_items)
    with ids_are(job.delivery):
        return _inspected(job, plain, most_items=most_items)


def _inspected(job: Job, plain: bytes, *, most_items: int) -> Opened:
    size = len(plain)
    if job.endpoint == "envelope":
        seen = inspect(plain, max_event_bytes=job.max_event_bytes, most_items=most_items)
        return Opened(seen, size)
    envelope = CONVERTERS[job.endpoint](
        Incoming(
            body=plain,
            method=job.method,
            content_type=job.content_type,
            query=job.query,
            argument=job.argument,
            most_bytes=job.max_inflated_bytes,
            max_event_bytes=job.max_event_bytes,
        )
    )
    seen = inspect(envelope, max_event_bytes=job.max_event_bytes, most_items=most_items)
    return Opened(seen, len(envelope), envelope)
