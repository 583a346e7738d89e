"""A load generator: keep-alive connections that post gzip envelopes with fresh event ids.

Usage: python -m benchmarks.load BASE_URL PROJECT KEY SECONDS [CONNECTIONS [GROUPS [RATE]]]
Prints sent, refused and failed as JSON, and writes acknowledged ids to ACKED if that is set.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from urllib.parse import urlsplit

from benchmarks.events import Gzipped, payload


class Load:
    """Posts until told to stop; counts every answer."""

    def __init__(self, base: str, project: str, key: str, groups: int) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        now = time.time()
        self._bodies = [Gzipped(payload(group, group * 7919, now)) for group in range(groups)]
        self._head = (
            f"POST /api/{project}/envelope/ HTTP/1.1\r\nHost: {self._host}\r\n"
            f"X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=load/1\r\n"
            "Content-Type: application/x-sentry-envelope\r\nContent-Encoding: gzip\r\n"
        ).encode()
        self.acked: list[str] = []
        self.keep_ids = bool(os.environ.get("ACKED"))
        self.counts = {"acked": 0, "refused": 0, "failed": 0}
        self.end = 0.0
        self.pause = 0.0

    async def run(self, seconds: float, connections: int, rate: float = 0) -> None:
        """Keep `connections` busy for that long, at most `rate` events a second if given."""
        self.end = time.monotonic() + seconds
        self.pause = connections / rate if rate else 0.0
        await asyncio.gather(*(self._client(number) for number in range(connections)))

    async def _client(self, number: int) -> None:
        turn = number
        while time.monotonic() < self.end:
            try:
                reader, writer = await asyncio.open_connection(self._host, self._port)
            except OSError:
                self.counts["failed"] += 1
                await asyncio.sleep(0.05)
                continue
            try:
                while time.monotonic() < self.end:
                    started = time.monotonic()
                    turn += 1
                    await self._post(reader, writer, turn)
                    if self.pause:
                        spare = self.pause - (time.monotonic() - started)
                        await asyncio.sleep(max(0.0, spare))
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.counts["failed"] += 1
            finally:
                writer.close()

    async def _post(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: int
    ) -> None:
        event_id = uuid.uuid4().hex
        body = self._bodies[turn % len(self._bodies)].body(event_id)
        writer.write(self._head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        place = lower.find(b"content-length: ") + 16
        await reader.readexactly(int(lower[place : lower.find(b"\r", place)]))
        if head[9:12] == b"200":
            self.counts["acked"] += 1
            if self.keep_ids:
                self.acked.append(event_id)
        else:
            self.counts["refused"] += 1


def main() -> None:
    """Run from the command line."""
    base, project, key, seconds, *rest = sys.argv[1:]
    connections = int(rest[0]) if rest else 32
    groups = int(rest[1]) if len(rest) > 1 else 200
    rate = float(rest[2]) if len(rest) > 2 else 0
    load = Load(base, project, key, groups)
    started = time.monotonic()
    try:
        import uvloop

        uvloop.run(load.run(float(seconds), connections, rate))
    except ImportError:
        asyncio.run(load.run(float(seconds), connections, rate))
    elapsed = time.monotonic() - started
    print(json.dumps({**load.counts, "seconds": elapsed, "cpu_seconds": time.process_time()}))
    if load.keep_ids:
        with open(os.environ["ACKED"], "w") as file:
            file.write("\n".join(load.acked))


if __name__ == "__main__":
    main()
