"""What hostile bodies cost the door's event loop before they are opened, refused or sent apart.

Usage: python -m benchmarks.loop
"""

from __future__ import annotations

import gzip
import os
import time
import zlib

import brotli
import zstandard

from benchmarks import measure
from vedette.ingest.errors import IngestError
from vedette.ingest.opening import Job, dsn_of, open_at_once
from vedette.wire.envelope import build_envelope

_BLANKS = b"{}\n" + b" " * (100 << 20)
_TRIES = 5


def _event(payload: bytes) -> bytes:
    return build_envelope({}, [({"type": "event"}, payload)])


def cases() -> dict[str, tuple[Job, bytes]]:
    """Bodies that were, or might have been, expensive."""

    def envelope(body: bytes, encoding: bytes = b"") -> tuple[Job, bytes]:
        return Job("envelope", encoding=encoding), body

    return {
        "100 MB of blanks in brotli": envelope(brotli.compress(_BLANKS, quality=1), b"br"),
        "100 MB of blanks in gzip": envelope(gzip.compress(_BLANKS)[:32_000], b"gzip"),
        "100 MB of blanks in zstd": envelope(zstandard.compress(_BLANKS), b"zstd"),
        "120 KB of blanks in gzip": envelope(gzip.compress(b"{}\n" + b" " * 120_000), b"gzip"),
        "empty gzip members": envelope(gzip.compress(b"") * 1600, b"gzip"),
        "empty zstd frames": envelope(zstandard.compress(b"") * 3500, b"zstd"),
        "random bytes in deflate": envelope(zlib.compress(os.urandom(31_000), 0), b"deflate"),
        "blank lines": envelope(b"{}" + b"\n" * 130_000),
        "empty lists in an event": envelope(_event(b'{"a":[' + b"[]," * 40_000 + b"0]}")),
        "NaN and lists in an event": envelope(_event(b'{"a":[NaN,' + b"[]," * 5_000 + b"0]}")),
        "an event nested deeply": envelope(_event(b"[" * 100_000)),
        "100 events": envelope(build_envelope({}, [({"type": "event"}, b'{"a":NaN}')] * 100)),
        "1,000 events": envelope(build_envelope({}, [({"type": "event"}, b"{}")] * 1000)),
        "9,000 keys in the first line": envelope(
            b"{" + b",".join(b'"%d":1' % number for number in range(9000)) + b',"event_id":5}\n'
        ),
        "security reports": (Job("security", content_type="application/json"),
                             b"[" + b"{}," * 9000 + b"{}]"),
        "a legacy event with NaN": (Job("store"), b'{"a":[' + b"[]," * 9000 + b"NaN]}"),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    measure.machine()
    for name, (job, body) in cases().items():
        spent = min(_time(job, body) for _ in range(_TRIES))
        measure.say(name, spent * 1000, "ms", "bar 1")
        if job.endpoint == "envelope":
            spent = min(_time_stranger(job, body) for _ in range(_TRIES))
            measure.say("  without a key", spent * 1000, "ms", "bar 1")


def _time(job: Job, body: bytes) -> float:
    started = time.perf_counter()
    try:
        open_at_once(job, body)
    except IngestError:
        pass  # refusing it is what is measured
    return time.perf_counter() - started


def _time_stranger(job: Job, body: bytes) -> float:
    started = time.perf_counter()
    try:
        dsn_of(body[: 64 << 10], job.encoding)
    except IngestError:
        pass  # refusing it is what is measured
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
