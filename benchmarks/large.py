"""Many requests at once that each inflate to the limit: the door's memory, and the others' wait.

Usage: python -m benchmarks.large [REQUESTS]
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

from benchmarks import measure
from benchmarks.accept import KEY, PORT, door
from benchmarks.events import Gzipped, payload

_PLAIN_BYTES = 47 << 20
_PROBE_SECONDS = 0.02


def main(requests: int) -> None:
    """Measure and print."""
    measure.machine()
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        door(Path(folder)) as pid,
    ):
        asyncio.run(_measure(requests, pid))


async def _measure(requests: int, pid: int) -> None:
    header = b'{"type":"attachment","length":%d}\n' % _PLAIN_BYTES
    large = gzip.compress(b"{}\n" + header + b"\0" * _PLAIN_BYTES)
    small = Gzipped(payload(1, 1, time.time()))
    await _post(small.body(uuid.uuid4().hex))
    measure.say("memory of the door, before", _memory(pid)[0], "MB")
    before = sum(measure.cpu_seconds(child) for child in measure.children(pid))
    done = asyncio.Event()
    waits: list[float] = []
    highest = [0.0, 0.0]
    beside = [
        asyncio.ensure_future(_probe(small, done, waits)),
        asyncio.ensure_future(_watch(pid, done, highest)),
    ]
    statuses = Counter(await asyncio.gather(*(_post(large) for _ in range(requests))))
    done.set()
    await asyncio.gather(*beside)
    used = sum(measure.cpu_seconds(child) for child in measure.children(pid)) - before
    waits.sort()
    measure.say("one of them, sent", len(large) / 1000, "KB")
    measure.say("accepted", statuses[200], f"of {requests}", str(dict(statuses)))
    measure.say("CPU of door and helper", used / requests * 1000, "ms per large request")
    measure.say("memory of the door, highest", highest[0], "MB", "bar 200")
    measure.say("memory of door and helper, highest", highest[1], "MB")
    measure.say("others answered, p50", waits[len(waits) // 2] * 1000, "ms")
    measure.say("others answered, p99", waits[int(len(waits) * 0.99)] * 1000, "ms", "bar 100")
    measure.say("others answered, slowest", waits[-1] * 1000, "ms", f"of {len(waits)}")


async def _probe(small: Gzipped, done: asyncio.Event, waits: list[float]) -> None:
    while not done.is_set():
        started = time.perf_counter()
        status = await _post(small.body(uuid.uuid4().hex))
        assert status == 200, status
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(_PROBE_SECONDS)


async def _watch(pid: int, done: asyncio.Event, highest: list[float]) -> None:
    while not done.is_set():
        highest[:] = [max(pair) for pair in zip(highest, _memory(pid), strict=True)]
        await asyncio.sleep(0.05)


def _memory(pid: int) -> tuple[float, float]:
    own = measure.memory_mb(pid)
    return own, sum(measure.memory_mb(child) for child in measure.children(pid))


async def _post(body: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(
        b"POST /api/42/envelope/?sentry_key=%b HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (KEY.encode(), len(body))
    )
    writer.write(body)
    answer = await reader.read()
    writer.close()
    return int(answer[9:12])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
