"""Many monitors at one minute, with storage: lateness, CPU, memory, and how soon a change is there.

Usage: python -m benchmarks.monitors [MONITORS [SECONDS]]

A server on loopback answers all of them, each under an address of its own. After SECONDS some of
them begin to fail, and it is measured how long after the third failure the change is committed.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from benchmarks import measure
from benchmarks.running import health, product
from tests.flow.product import Product
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects

_ROLES = ("prober", "digester", "worker")
_FAILING = 40
_ANSWERS = {
    True: b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{"status":"ok"}',
    False: b"HTTP/1.1 503 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
}
_FILL = """
import json, sys
from vedette import config, django_setup
django_setup.setup(config.load())
from django.db import transaction
from vedette import clock
from vedette.monitors import saving
from vedette.monitors.models import Monitor, MonitorStanding, StateInterval
project, port, count = json.loads(sys.argv[1])
def settings(number):
    host = f"127.{number // 60000 + 1}.{number // 250 % 250}.{number % 250 + 1}"
    return {"url": f"http://{host}:{port}/{number}"}
with transaction.atomic():
    made = Monitor.objects.bulk_create(
        [
            Monitor(project_id=project, slug=f"m{number}", name=f"Monitor {number}", kind="http",
                    settings=settings(number))
            for number in range(count)
        ]
    )
    standings = MonitorStanding.objects.bulk_create([MonitorStanding(monitor=one) for one in made])
    began = int(clock.timestamp() * 1000)
    StateInterval.objects.bulk_create(
        [StateInterval(standing=one, state="new", began=began) for one in standings]
    )
    saving.note_change()
"""


class _Answer(asyncio.Protocol):
    """200 to all but those that are to fail."""

    failing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """The request, in one piece as it is small."""
        number = int(data.split(b" ", 2)[1][1:])
        is_well = not (_Answer.failing and number < _FAILING)
        self._transport.write(_ANSWERS[is_well])
        self._transport.close()


def _serve(pipe: Connection) -> None:
    import uvloop

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Answer, "0.0.0.0", 0, backlog=4096)  # noqa: S104
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(pipe.recv):
            _Answer.failing = True

    uvloop.run(serve())


@contextmanager
def _target() -> Iterator[tuple[int, Connection]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv(), ours
    ours.send(False)
    process.join(5)


def main(count: int, seconds: float) -> None:
    """Measure and print."""
    measure.machine()
    settings = {"outgoing_networks": "127.0.0.0/8", "canaries": "none"}
    with _target() as (port, pipe), product(**settings) as (running, project):
        subprocess.run(
            [sys.executable, "-c", _FILL, json.dumps([int(project["id"]), port, count])],
            env=running.environment,
            check=True,
        )
        running.wait(lambda: _judged(running) >= count, seconds=60 + count / 60)
        time.sleep(20)
        before, began = _cpu(running), time.monotonic()
        checked = _checks(running)
        time.sleep(seconds)
        after, checks = _cpu(running), _checks(running) - checked
        spent = time.monotonic() - began
        print(f"{count:,} monitors, {checks:,} checks in {spent:.0f} s")
        _say_cpu(before, after, checks, spent)
        report = health(running)["prober"]
        measure.say("lateness p99", report["late_p99_ms"], "ms", "bar: 250")
        measure.say("missed slots", report["missed_slots"], "", "bar: 0")
        measure.say("not up", _others(running), "monitors", "bar: 0")
        for role in _ROLES:
            bar = "bar: 200" if role == "prober" else ""
            measure.say(f"memory of the {role}", measure.memory_mb(running.child(role)), "MB", bar)
        pipe.send(True)
        waits = sorted(_waits(running))
        measure.say("third failure to commit, half", waits[len(waits) // 2], "s")
        measure.say("third failure to commit, p99", waits[-1], "s", "bar: 2")


def _cpu(running: Product) -> dict[str, float]:
    return {role: measure.cpu_seconds(running.child(role)) for role in _ROLES}


def _say_cpu(before: dict[str, float], after: dict[str, float], checks: int, spent: float) -> None:
    total = 0.0
    for role in _ROLES:
        used = after[role] - before[role]
        total += used
        measure.say(f"CPU of the {role} per check", used / max(checks, 1) * 1e6, "µs")
    measure.say("CPU of all three", total / spent * 100, "% of a core", "bar: 30")


def _waits(running: Product) -> list[float]:
    """For each that failed: from the end of its third failing check to the committed change."""
    committed: dict[int, float] = {}
    end = time.monotonic() + 180
    sql = "SELECT monitor_id FROM monitors_monitorstanding WHERE state = 'down'"
    while len(committed) < _FAILING and time.monotonic() < end:
        now = time.time()
        for (monitor,) in _rows(running, sql):
            committed.setdefault(monitor, now)
        time.sleep(0.01)
    third = _third_failures(running)
    return [committed[monitor] - third[monitor] for monitor in committed]


def _third_failures(running: Product) -> dict[int, float]:
    rows = _store(
        running,
        {"monitor": q.Field("monitor_id"), "at": q.Field("ended")},
        where=[q.Compare(q.Field("outcome"), "=", "fail")],
        order_by=[q.Order("at")],
    )
    found: dict[int, list[float]] = {}
    for monitor, at in rows:
        found.setdefault(monitor, []).append(at / 1e6)
    return {monitor: ats[2] for monitor, ats in found.items() if len(ats) > 2}


def _judged(running: Product) -> int:
    return int(
        _rows(running, "SELECT count(*) FROM monitors_monitorstanding WHERE state = 'up'")[0][0]
    )


def _others(running: Product) -> int:
    return int(
        _rows(running, "SELECT count(*) FROM monitors_monitorstanding WHERE state <> 'up'")[0][0]
    )


def _rows(running: Product, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(running.folder / "vedette.sqlite3", timeout=20)) as database:
        return database.execute(sql).fetchall()


def _checks(running: Product) -> int:
    return int(_store(running, {"n": q.count()})[0][0])


def _store(running: Product, columns: dict[str, q.Expression], **more: Any) -> list[list[Any]]:
    select = q.Select(
        table="checks",
        projects=VisibleProjects.of_system(),
        columns=columns,
        start=0,
        end=1 << 61,
        **more,
    )
    client = StoreClient(running.folder / "run" / "store.sock")
    return [list(row) for row in client.query(select).rows]


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 10_000, float(given[1]) if len(given) > 1 else 60.0)
