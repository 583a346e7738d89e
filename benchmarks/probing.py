"""What a check costs by kind, and how late the loop is while a thousand run at once.

The servers are processes of their own on loopback; CPU is that of the process that probes.

Usage: python -m benchmarks.probing [CHECKS]
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import uvloop

from benchmarks import measure
from tests.probing.servers import postgres, redis, turn
from tests.probing.servers.certificates import NAME, authority
from tests.probing.servers.nginx import nginx
from tests.probing.servers.programs import module
from vedette.outgoing.addresses import read_networks
from vedette.probing.around import Around
from vedette.probing.kinds import Probe, probes
from vedette.probing.result import Outcome, Result

_AROUND = Around(seconds=30, allowed=read_networks("127.0.0.0/8 ::1/128"))
_TOGETHER = 20
_ROUNDS = 3
_AT_ONCE = 1000
_HEALTH = {"conditions": ["status == 200", '$.status == "ok"'], "capture": ["s = $.sessions"]}
_BAR_MS = 0.6
_BODY = """location / {
    default_type application/json;
    return 200 '{"status":"ok","websocket":"connected","sessions":3}';
}"""


async def _cost(probe: Probe, checks: int) -> float:
    """CPU milliseconds of a check: the least of some rounds."""
    least = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(checks // _TOGETHER):
            found = await asyncio.gather(*(probe(_AROUND) for _ in range(_TOGETHER)))
            wrong = next((one for one in found if one.outcome is not Outcome.OK), None)
            assert wrong is None, wrong
        least = min(least, time.process_time() - began)
    return least / checks * 1000


async def _lateness(probe: Probe, seconds: float) -> tuple[float, float, float]:
    """Milliseconds by which a timer of 5 ms is late at p99 and at worst, and CPU of a check, while
    checks begin evenly within so many seconds.
    """
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append((time.perf_counter() - began - 0.005) * 1000)

    ticking = asyncio.create_task(tick())
    began = time.process_time()

    async def check(number: int) -> Result:
        await asyncio.sleep(seconds * number / _AT_ONCE)
        return await probe(_AROUND)

    found = await asyncio.gather(*(check(number) for number in range(_AT_ONCE)))
    spent = (time.process_time() - began) / _AT_ONCE * 1000
    ticking.cancel()
    assert all(one.outcome is Outcome.OK for one in found)
    late.sort()
    return late[int(len(late) * 0.99)], late[-1], spent


def _targets(stack: ExitStack, folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Kind and settings by what is measured; what is not installed is left out."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    trusted = {"authorities": authority().pem}

    def web() -> None:
        port, secure = stack.enter_context(nginx(_made(folder / "web"), _BODY))
        url = f"http://127.0.0.1:{port}/"
        found["http"] = ("http", {"url": url})
        found["http by name"] = ("http", {"url": url.replace("127.0.0.1", "localhost")})
        found["health"] = ("health", {"url": url, **_HEALTH})
        found["https"] = ("http", {"url": f"https://127.0.0.1:{secure}/", **trusted})
        place = {"host": "127.0.0.1", "port": secure, "server_name": NAME}
        found["tls"] = ("tls", {**place, **trusted})
        found["tcp"] = ("tcp", {"host": "127.0.0.1", "port": port})

    def relay() -> None:
        held = stack.enter_context(
            turn.coturn(_made(folder / "turn"), "allow-loopback-peers", ports=(22000, 22999))
        )
        found["stun"] = ("stun", {"host": "127.0.0.1", "port": held.port})
        found["turn"] = ("turn", {"host": "127.0.0.1", "port": held.port, "secret": turn.SECRET})

    def memory() -> None:
        held = stack.enter_context(redis.redis(_made(folder / "redis")))
        place = {"host": "127.0.0.1", "port": held.port, "password": redis.PASSWORD}
        found["redis"] = ("redis", place)

    def database() -> None:
        cluster = stack.enter_context(postgres.initialised())
        start = postgres.start(cluster, cluster / "data", "max_connections=60")
        held = stack.enter_context(start)
        login = {"user": "postgres", "password": postgres.PASSWORD}
        found["postgres"] = ("postgres", {"host": "127.0.0.1", "port": held.port, **login})

    def others() -> None:
        port = stack.enter_context(module("tests.probing.servers.others"))
        place = {"host": "127.0.0.1", "port": port}
        found["dns"] = ("dns", {"name": "shop.example", "server": "127.0.0.1", "port": port})
        found["websocket"] = ("websocket", {"url": f"ws://127.0.0.1:{port}/"})
        found["smtp"] = ("smtp", {**place, "port": port + 1, "security": "none"})

    for add in (web, relay, memory, database, others):
        _if_installed(add)
    found["ping"] = ("ping", {"host": "127.0.0.1", "count": 1})
    return found


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _if_installed(add: Callable[[], None]) -> None:
    try:
        add()
    except pytest.skip.Exception as skipped:
        print(f"left out: {skipped}")


async def main(checks: int, targets: dict[str, tuple[str, dict[str, Any]]]) -> None:
    """Print what each costs."""
    for name, (kind, settings) in targets.items():
        probe = probes()[kind].prepare(settings)
        first = await probe(_AROUND)
        if first.outcome is Outcome.UNKNOWN:
            print(f"left out: {name}: {first.text}")
            continue
        spent = await _cost(probe, checks if name.startswith("http") else checks // 5)
        bar = f"<= {_BAR_MS}" if name == "http" else ""
        measure.say(f"{name}: CPU of a check", spent, "ms", bar)
    if "http" in targets:
        probe = probes()["http"].prepare(targets["http"][1])
        for seconds, words in ((0.0, "at once"), (6.0, "in 6 s, as 10,000 in a minute")):
            late, worst, spent = await _lateness(probe, seconds)
            name = f"{_AT_ONCE} http checks {words}"
            measure.say(f"{name}: lateness of the loop p99", late, "ms")
            measure.say(f"{name}: lateness of the loop, worst", worst, "ms")
            measure.say(f"{name}: CPU of a check", spent, "ms")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measure.say("memory of the process, with what this benchmark itself has loaded", memory, "MB")


if __name__ == "__main__":
    measure.machine()
    with tempfile.TemporaryDirectory(prefix="vedette-probing-") as name, ExitStack() as held:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
        uvloop.run(main(wanted, _targets(held, Path(name))))
