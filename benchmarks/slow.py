"""A stranger with slow connections of every kind, and how long everybody else waits meanwhile.

Usage: python -m benchmarks.slow [SECONDS [CONNECTIONS_OF_EACH_KIND]]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import sys
import time
import uuid
from collections.abc import Callable

from benchmarks import measure
from benchmarks.events import Gzipped, payload
from benchmarks.running import product
from tests.flow.product import Product

_DRIP_SECONDS = 2.0
_PROBE_SECONDS = 0.05
_STRANGER = "127.0.0.66"
_HOST = "Host: 127.0.0.1\r\n"
_LIVE = "/live/?src=/issues/new-events/"
_STYLES = "/static/x/app.css"


def kinds(project: dict[str, str]) -> dict[str, tuple[bytes, bytes]]:
    """What each kind of slow client sends at once, and then drop by drop."""
    door = f"/api/{project['id']}/envelope/"
    keyed = f"{door}?sentry_key={project['public_key']}"

    def get(path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{_HOST}".encode()

    def post(path: str) -> bytes:
        return f"POST {path} HTTP/1.1\r\n{_HOST}Content-Length: 900000\r\n\r\n".encode()

    paths = {"a page": "/sign-in/", "the API": "/api/0/organizations/", "status": "/-/health"}
    heads = {f"half a head for {name}": (get(path), b"X-A: b\r\n") for name, path in paths.items()}
    bodies = {f"half a body for {name}": (post(path) + b"{", b" ") for name, path in paths.items()}
    unread = {
        f"answers of {name} that are not read": ((get(path) + b"\r\n") * 8, b"")
        for name, path in {**paths, "live": _LIVE, "the style sheet": _STYLES}.items()
    }
    return {
        "silent": (b"", b""),
        "half a head for the door": (post(keyed)[:-2], b"X-A: b\r\n"),
        "half a body without a key": (post(door) + b"{}", b" "),
        "half a body with a key": (post(keyed) + b"{}\n" + b"x" * 50_000, b" "),
        "half a live request": (get(_LIVE), b"X-A: b\r\n"),
        **heads,
        **bodies,
        **unread,
    }


def main(seconds: float, each: int) -> None:
    """Measure and print."""
    measure.machine()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with product() as (running, project):
        asyncio.run(_measure(running, project, seconds, each))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _measure(running: Product, project: dict[str, str], seconds: float, each: int) -> None:
    assert running.process is not None
    small = Gzipped(payload(1, 1, time.time()))
    head = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"

    def event() -> bytes:
        body = small.body(uuid.uuid4().hex)
        start = f"POST {head} HTTP/1.1\r\n{_HOST}Content-Encoding: gzip\r\nConnection: close\r\n"
        return start.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def get(path: str) -> Callable[[], bytes]:
        return lambda: f"GET {path} HTTP/1.1\r\n{_HOST}Connection: close\r\n\r\n".encode()

    door_pid = running.child("door")
    before = measure.cpu_seconds(door_pid)
    end = time.monotonic() + seconds
    stranger = multiprocessing.Process(target=_attack, args=(running.port, project, each, end))
    stranger.start()
    probes = {
        name: asyncio.ensure_future(_probe(running.port, make, end))
        for name, make in (
            ("event", event),
            ("page", get("/sign-in/")),
            ("API", get("/api/0/openapi.json")),
            ("status", get("/-/ready")),
        )
    }
    for name, bar in (("event", "bar 100"), ("page", "bar 1,000"), ("API", ""), ("status", "")):
        waits, failures = await probes[name]
        assert waits, f"no {name} was answered with 200"
        waits.sort()
        measure.say(f"{name} answered, p50", waits[len(waits) // 2] * 1000, "ms")
        measure.say(f"{name} answered, p99", waits[int(len(waits) * 0.99)] * 1000, "ms", bar)
        measure.say(f"{name} answered, longest", waits[-1] * 1000, "ms")
        measure.say(f"{name} failed", failures, f"of {failures + len(waits)}")
    pids = measure.children(running.process.pid)
    metrics = await asyncio.to_thread(running.post, "/-/metrics", b"", None, "GET")
    for line in metrics[2].decode().splitlines():
        if line.startswith(
            ("vedette_event_loop_lag", "vedette_connections", "vedette_ingest_held")
        ):
            print(" ", line)
    used = measure.cpu_seconds(door_pid) - before
    measure.say("CPU of the door", used / seconds * 100, "% of a core")
    measure.say("memory of the door", measure.memory_mb(door_pid), "MB")
    measure.say("memory of all", sum(map(measure.memory_mb, pids)), "MB")
    stranger.join()


def _attack(port: int, project: dict[str, str], each: int, end: float) -> None:
    """All slow clients, in a process and from an address of their own."""

    async def all_of_them() -> None:
        number = 0
        tasks = []
        for _ in range(each):
            for at_once, drop in kinds(project).values():
                tasks.append(asyncio.ensure_future(_slow(port, at_once, drop, end)))
                number += 1
                if number % 50 == 0:
                    await asyncio.sleep(0.02)
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())


async def _slow(port: int, at_once: bytes, drop: bytes, end: float) -> None:
    """Connect, be slow, and begin again when cut off."""
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, limit=1024, local_addr=(_STRANGER, 0)
            )
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(at_once)
            while not writer.is_closing() and time.monotonic() < end:
                await asyncio.sleep(_DRIP_SECONDS)
                writer.write(drop)
            writer.transport.abort()
        except OSError:
            await asyncio.sleep(_DRIP_SECONDS)


async def _probe(port: int, make: Callable[[], bytes], end: float) -> tuple[list[float], int]:
    waits: list[float] = []
    failures = 0
    while time.monotonic() < end:
        started = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(make())
            answer = await asyncio.wait_for(reader.read(), 30)
            writer.close()
        except (OSError, TimeoutError):
            answer = b""
        if answer.startswith(b"HTTP/1.1 200"):
            waits.append(time.perf_counter() - started)
        else:
            failures += 1
        await asyncio.sleep(_PROBE_SECONDS)
    return waits, failures


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 60,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1000,
    )
