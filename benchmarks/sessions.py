"""Sessions: what an update costs in the pipeline, and release health over a million of them.

Usage: python -m benchmarks.sessions [SESSIONS]
Every session has two updates; the days are fourteen, the releases forty.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import measure

_DAYS = 14
_RELEASES = 40
_BATCH = 5_000
_UPDATES = 4_000
_ROUNDS = 3


def main(sessions: int) -> None:
    """Print CPU per 1,000 updates, bytes, and CPU and time of the pages' questions."""
    from vedette import django_setup, items
    from vedette.config import load
    from vedette.store import access
    from vedette.store.duck import DuckStore

    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        os.environ["VEDETTE_DATA"] = str(Path(folder).absolute())
        django_setup.setup(load())
        _digest()
        store = DuckStore(Path(folder) / "store", items.tables(), memory_bytes=192 << 20, threads=2)
        access.use(store)
        _fill(store, sessions)
        measure.say("disk", store.size_bytes() / sessions / 2, "bytes per update")
        _ask()
        store.close()
        measure.say("memory", measure.memory_mb(os.getpid()), "MB")


def _digest() -> None:
    from vedette.pipeline.context import Context
    from vedette.pipeline.run import Processor
    from vedette.pipeline.settings import ProjectSettings, Settings
    from vedette.spool.meta import Meta, encode_meta
    from vedette.spool.segment import Record
    from vedette.wire.envelope import build_envelope

    context = Context(
        lambda known: None if known else Settings("1", {42: ProjectSettings()}),
        max_event_bytes=1 << 20,
    )
    context.refresh()
    processor = Processor(context, lambda _: "")
    meta = encode_meta(Meta(42, time.time()))
    records = [
        Record(n, n + 1, meta, build_envelope({}, [({"type": "session"}, _payload(n))]))
        for n in range(_UPDATES)
    ]
    parts = [records[start : start + 500] for start in range(0, _UPDATES, 500)]
    best = min(
        _timed(lambda: [processor.process(part, "w") for part in parts])[0] for _ in range(_ROUNDS)
    )
    measure.say("an update in the pipeline, CPU", best / _UPDATES * 1000, "s per 1,000")


def _payload(number: int) -> bytes:
    body = {
        "sid": f"{number:032x}",
        "did": str(number % 700),
        "init": number % 2 == 0,
        "seq": number,
        "started": datetime.now(UTC).isoformat(),
        "timestamp": datetime.now(UTC).isoformat(),
        "duration": 12.5,
        "status": "exited",
        "errors": 0,
        "attrs": {"release": "shop@1.2.3", "environment": "production", "user_agent": "x" * 90},
    }
    return json.dumps(body).encode()


def _fill(store: object, sessions: int) -> None:
    from vedette.items.session import SESSIONS
    from vedette.store.duck import DuckStore
    from vedette.store.table import Rows

    assert isinstance(store, DuckStore)
    chance = random.Random(3)
    now = int(time.time() * 1e6)
    for start in range(0, sessions, _BATCH):
        rows = Rows(SESSIONS)
        for number in range(start, min(start + _BATCH, sessions)):
            at = now - int((1 - number / sessions) * _DAYS * 86400 * 1e6)
            ended = chance.choices(("healthy", "errored", "crashed"), (95, 4, 1))[0]
            base = {
                "project_id": 42,
                "timestamp": at,
                "started": at,
                "received": at,
                "session_number": chance.getrandbits(63),
                "user_number": hash(str(chance.randrange(sessions // 5 + 1))),
                "release": f"shop@1.{number * _RELEASES // sessions}.0",
                "environment": "production",
                "errors": 0,
                "quantity": 1,
                "is_aggregate": False,
                "duration_seconds": None,
                "writer": "w",
            }
            rows.add({**base, "state": "healthy", "rank": 0, "position": number * 2})
            rows.add({**base, "state": ended, "rank": 1, "position": number * 2 + 1})
        store.append([rows], writer="w", end=(start + _BATCH) * 2)
    store.flush()
    store.checkpoint()


def _ask() -> None:
    from vedette import clock
    from vedette.issues.shapes import Period, Scope
    from vedette.releases import health
    from vedette.store.visible import VisibleProjects

    scope = Scope(
        visible=VisibleProjects.granted([42]),
        period=Period(start=clock.now() - timedelta(days=_DAYS), end=clock.now(), label=""),
        environments=(),
    )
    versions = [f"shop@1.{number}.0" for number in range(_RELEASES)]
    for name, ask in {
        "health of all releases (the list)": lambda: health.health_by_release(scope, versions),
        "sessions of the projects": lambda: health.sessions_by(scope, "project_id"),
        "health of one release": lambda: health.health_of(scope, versions[-1]),
        "one release over time": lambda: health.sessions_over_time(scope, versions[-1]),
    }.items():
        spent, took = min(_timed(ask) for _ in range(_ROUNDS))
        measure.say(name, spent * 1000, "ms of CPU", f"{took * 1000:.0f} ms")


def _timed(run: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    spent, began = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - spent, time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
