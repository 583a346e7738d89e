"""The pipeline alone: spooled 10 KB envelopes through every step into store and metadata.

Usage: python -m benchmarks.digest [EVENTS [GROUPS]]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path


def main(events: int, groups: int) -> None:
    """Fill a spool, drain it, print CPU per event and per step, and the disk it took."""
    from benchmarks import measure
    from benchmarks.events import Gzipped, payload

    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        data = Path(folder).absolute() / "data"
        os.environ["VEDETTE_DATA"] = str(data)
        from vedette import django_setup
        from vedette.config import load
        from vedette.spool import backlog
        from vedette.spool.meta import Meta, encode_meta
        from vedette.spool.writer import SpoolWriter

        config = load()
        django_setup.setup(config)
        django_setup.migrate()
        from vedette.projects import first_run
        from vedette.roles.digester import build
        from vedette.roles.worker import Worker

        first_run.prepare()
        now = time.time()
        bodies = [Gzipped(payload(group, group * 7919, now)) for group in range(groups)]

        async def fill(count: int) -> None:
            writer = SpoolWriter(config.spool_folder / "web-0", segment_bytes=64 << 20)
            writer.start(asyncio.get_running_loop())
            for start in range(0, count, 256):
                await asyncio.gather(
                    *(_append(writer, bodies[(start + i) % groups], now) for i in range(256))
                )
            await writer.stop()

        async def _append(writer: SpoolWriter, body: Gzipped, at: float) -> None:
            event_id = uuid.uuid4().hex
            meta = Meta(1, at, "gzip", event_id, "127.0.0.1", "load/1", "")
            await writer.append(encode_meta(meta), body.body(event_id))

        asyncio.run(fill(1024))
        worker = Worker(config)
        worker.serve()
        digester = build(config)

        def drain() -> None:
            while digester.work_once():
                pass

        drain()
        asyncio.run(fill(events))
        seconds = digester.processor.timings.seconds
        seconds.update(dict.fromkeys(seconds, 0.0))
        size_before = worker.store.size_bytes()
        wall, cpu = time.perf_counter(), time.process_time()
        drain()
        worker.store.flush()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        count = events // 256 * 256 + (256 if events % 256 else 0)
        measure.say("digest, CPU", cpu / count * 1000, "ms per event", "bar 0.33, stretch 0.25")
        measure.say("digest, CPU", cpu / count * 1000, "s per 1,000")
        measure.say("digest, wall", count / wall, "events/s, digester and owner in one process")
        for name, spent in seconds.items():
            measure.say(f"  {name}", spent / count * 1e6, "µs per event (wall)")
        checkpoint = time.process_time()
        worker.store.checkpoint()
        measure.say(
            "checkpoint, CPU", (time.process_time() - checkpoint) / count * 1e6, "µs per event"
        )
        total = worker.store.size_bytes() - size_before
        sqlite = sum(path.stat().st_size for path in data.glob("vedette.sqlite3*"))
        measure.say("payload as sent", len(payload(1, 1, now)), "bytes")
        measure.say("disk, store", total / count, "bytes per event", "bar 2,500 with all indexes")
        measure.say("disk, metadata", sqlite / count, "bytes per event")
        digester.close()
        worker.store.close()
        assert backlog.total_bytes(config.spool_folder) == 0


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 200,
    )
