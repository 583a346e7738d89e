"""The process in which large bodies are opened: one after the other, poor in memory and time.

Started and ended by `lane.Lane`; its standard input is the socket on which jobs come and
outcomes go, as frames of a length and msgpack. It ends with its parent.
"""

from __future__ import annotations

import os
import resource
import socket
import struct
import tempfile
from pathlib import Path

import msgspec

from vedette.http.body import SPILL_BYTES
from vedette.ingest.errors import IngestError
from vedette.ingest.opening import Failed, Job, Opened, Outcome, open_apart

LENGTH = struct.Struct("<I")
_MEMORY_FACTOR = 5  # a form, its part, the envelope, and what allocators leave between them
_MEMORY_BYTES = 128 << 20
_NICE = 5

encode_job = msgspec.msgpack.Encoder().encode
decode_outcome = msgspec.msgpack.Decoder(Outcome).decode  # type: ignore[arg-type]
_decode_job = msgspec.msgpack.Decoder(tuple[Job, bytes]).decode
_encode_outcome = msgspec.msgpack.Encoder().encode


def main() -> None:
    """Open bodies until the parent closes its end."""
    os.nice(_NICE)
    connection = socket.socket(fileno=0)
    while frame := _receive(connection):
        job, body = _decode_job(frame)
        reply = _encode_outcome(_open(job, body))
        connection.sendall(LENGTH.pack(len(reply)) + reply)


def _open(job: Job, body: bytes) -> Outcome:
    size = Path(job.path).stat().st_size if job.path else len(body)
    _limit_memory(_MEMORY_BYTES + _MEMORY_FACTOR * max(job.max_inflated_bytes, size))
    try:
        opened = open_apart(job, Path(job.path).read_bytes() if job.path else body)
        return _spill(job, opened)
    except IngestError as error:
        return Failed(str(error), error.reason, error.status)
    except MemoryError:
        return Failed("the body takes too much memory to read", "too_large", 413)


def _spill(job: Job, opened: Opened) -> Opened:
    """Put a large result into a file, so that nobody holds it in memory."""
    if len(opened.envelope) <= SPILL_BYTES:
        return opened
    handle, name = tempfile.mkstemp(dir=job.folder, suffix=".body")
    with os.fdopen(handle, "wb") as file:
        file.write(opened.envelope)
    opened.envelope, opened.path = b"", name
    return opened


def _limit_memory(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or size < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


def _receive(connection: socket.socket) -> bytes:
    """One frame; b"" at the end."""
    head = _read(connection, LENGTH.size)
    return _read(connection, LENGTH.unpack(head)[0]) if head else b""


def _read(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            return b""
        data += piece
    return bytes(data)


if __name__ == "__main__":
    main()
