"""Filling a spool as the door does, for the benchmarks that measure what comes after it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from benchmarks.events import Gzipped
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.writer import SpoolWriter

_AT_ONCE = 256


def fill(folder: Path, bodies: Sequence[Gzipped], count: int) -> int:
    """Append at least `count` envelopes of project 1, each with its own id; returns how many."""

    async def run() -> int:
        writer = SpoolWriter(folder, segment_bytes=64 << 20)
        writer.start(asyncio.get_running_loop())
        done = 0
        while done < count:
            await asyncio.gather(*(append(writer, done + i) for i in range(_AT_ONCE)))
            done += _AT_ONCE
        await writer.stop()
        return done

    async def append(writer: SpoolWriter, number: int) -> None:
        event_id = uuid.uuid4().hex
        meta = Meta(1, time.time(), "gzip", event_id, "127.0.0.1", "load/1", "")
        await writer.append(encode_meta(meta), bodies[number % len(bodies)].body(event_id))

    return asyncio.run(run())


def plain(folder: Path, envelopes: Sequence[tuple[int, bytes]], count: int) -> int:
    """Append `count` envelopes as they are, in turn; each comes with its project."""

    async def run() -> int:
        writer = SpoolWriter(folder, segment_bytes=64 << 20)
        writer.start(asyncio.get_running_loop())
        for start in range(0, count, _AT_ONCE):
            part = range(start, min(start + _AT_ONCE, count))
            await asyncio.gather(*(append(writer, number) for number in part))
        await writer.stop()
        return count

    async def append(writer: SpoolWriter, number: int) -> None:
        project, envelope = envelopes[number % len(envelopes)]
        event_id = uuid.uuid4().hex
        meta = Meta(project, time.time(), "", event_id, "127.0.0.1", "load/1", "")
        await writer.append(encode_meta(meta), envelope)

    return asyncio.run(run())
