"""The store alone: append and flush, disk, questions at a million rows, event ids, many days.

Usage: python -m benchmarks.store [ROWS [IDS]]
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import measure
from benchmarks.events import payload

if TYPE_CHECKING:
    from vedette.store.duck import DuckStore

_BATCH = 500
_MEMORY = 192 << 20
_DAY = 86_400_000_000
_DAYS = 90


def main(rows: int, ids: int) -> None:
    """Print CPU seconds, bytes and memory."""
    measure.machine()
    made = _process(10_000)
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        _write(Path(folder) / "write", made)
        _ask(Path(folder) / "ask", made, rows)
        _claim(Path(folder) / "ids", ids)
        _start(Path(folder) / "days")


def _process(count: int) -> list[dict[str, Any]]:
    """Rows of `errors` as the pipeline makes them of 10 KB events."""
    from vedette.items.event import ERRORS
    from vedette.pipeline.context import Context
    from vedette.pipeline.run import Processor
    from vedette.pipeline.settings import ProjectSettings, Settings
    from vedette.spool.meta import Meta, encode_meta
    from vedette.spool.segment import Record
    from vedette.wire.envelope import build_envelope

    settings = Settings("1", dict.fromkeys((1, 2), ProjectSettings()), frozenset())
    context = Context(lambda _: settings, max_event_bytes=1 << 20)
    context.refresh()
    processor = Processor(context, lambda _: "")
    now = time.time()
    records = []
    for number in range(count):
        body = payload(number % 200, number, now - 5 + number / count)
        envelope = build_envelope({"event_id": uuid.uuid4().hex}, [({"type": "event"}, body)])
        meta = encode_meta(Meta(1 + number % 2, now))
        records.append(Record(number * 10, number * 10 + 10, meta, envelope))
    found: list[dict[str, Any]] = []
    while records:
        batch, failed = processor.process(records[:_BATCH], "w")
        assert not failed, failed[0]
        records = records[batch.end // 10 - records[0].start // 10 :]
        columns = batch.handover().tables[ERRORS.name]
        found += [
            {name: values[place] for name, values in columns.items()}
            for place in range(len(columns["position"]))
        ]
    return found


def _open(folder: Path) -> DuckStore:
    from vedette import items
    from vedette.store.duck import DuckStore

    # No flush of its own: it would be counted among what is measured.
    return DuckStore(folder, items.tables(), memory_bytes=_MEMORY, threads=2, flush_seconds=3600.0)


def _append(
    store: DuckStore,
    made: list[dict[str, Any]],
    first: int,
    change: Callable[[int], dict[str, Any]],
) -> None:
    """Append the rows in batches, each with its own position."""
    from vedette.items.event import ERRORS
    from vedette.store.table import Rows

    for start in range(0, len(made), _BATCH):
        rows = Rows(ERRORS)
        for number, row in enumerate(made[start : start + _BATCH], first + start):
            rows.add({**row, "position": number, **change(number)})
        store.append([rows], writer="w", end=first + start + _BATCH)


def _write(folder: Path, made: list[dict[str, Any]]) -> None:
    from vedette.items.event import ERRORS
    from vedette.store.table import Rows

    batches = []
    for start in range(0, len(made), _BATCH):
        rows = Rows(ERRORS)
        for number, row in enumerate(made[start : start + _BATCH], start):
            rows.add({**row, "position": number})
        batches.append(rows)
    store = _open(folder)
    gc.collect()
    gc.freeze()  # the benchmark's own rows are no part of what is measured
    spent = time.process_time()
    for number, rows in enumerate(batches):
        store.append([rows], writer="w", end=(number + 1) * _BATCH)
    appended = time.process_time()
    store.flush()
    flushed = time.process_time()
    store.checkpoint()
    end = time.process_time()
    count = len(made)
    measure.say("append, CPU", (appended - spent) / count * 1e6, "µs per row")
    measure.say("flush, CPU", (flushed - appended) / count * 1e6, "µs per row")
    measure.say("checkpoint, CPU", (end - flushed) / count * 1e6, "µs per row")
    measure.say("together, CPU", (end - spent) / count * 1e6, "µs per row", "bar 45")
    measure.say("disk", store.size_bytes() / count, "bytes per row", "bar 1,800 with all indexes")
    store.close()


def _ask(folder: Path, made: list[dict[str, Any]], rows: int) -> None:
    """Rows over fourteen days, a part of them in memory only."""
    from vedette.store import query as q
    from vedette.store.visible import VisibleProjects

    lean = [{**row, "body": row["body"][:300]} for row in made]
    store = _open(folder)
    step = 14 * _DAY // rows
    start = int(time.time() * 1e6) - 14 * _DAY

    def change(number: int) -> dict[str, Any]:
        at = start + number * step
        return {"timestamp": at, "received": at, "event_id": uuid.uuid4().hex}

    for first in range(0, rows, len(lean)):
        _append(store, lean, first, change)
    store.checkpoint()
    _append(store, lean[:5000], rows, change)
    names = ("event_id", "timestamp", "type", "value", "release")
    visible = VisibleProjects.of_system().only([1])
    questions = {
        "count by hour, 14 days": q.Select(
            table="errors",
            projects=visible,
            columns={"at": q.bucket(3600), "n": q.count()},
            start=start,
            end=start + 15 * _DAY,
            group_by=["at"],
        ),
        "top values of a tag, 14 days": q.Select(
            table="errors",
            projects=visible,
            columns={"region": q.Tag("region"), "n": q.count()},
            start=start,
            end=start + 15 * _DAY,
            group_by=["region"],
            order_by=[q.Order("n", descending=True)],
            limit=20,
        ),
        "latest 50 of one group": q.Select(
            table="errors",
            projects=visible,
            columns={name: q.Field(name) for name in names},
            start=start,
            end=start + 15 * _DAY,
            where=[q.Compare(q.Field("group_id"), "=", made[0]["group_id"])],
            order_by=[q.Order("timestamp", descending=True)],
            limit=50,
        ),
    }
    for name, select in questions.items():
        store.query(select)
        spent = time.process_time()
        for _ in range(3):
            store.query(select)
        measure.say(f"{name}, CPU", (time.process_time() - spent) / 3 * 1000, "ms")
    measure.say("memory after the questions", measure.memory_mb(os.getpid()), "MB")
    store.close()


def _claim(folder: Path, count: int) -> None:
    from vedette.store.engine import EventId
    from vedette.store.ids import EventIds

    folder.mkdir()
    ids = EventIds(folder / "ids")
    now = time.time()
    place = 0
    for day in (2, 1, 0):
        for _ in range(0, count // 3, 50_000):
            many = [EventId(1, uuid.uuid4().hex, place + n) for n in range(50_000)]
            ids.claim(many, writer="w", now=now - day * 86400)
            place += 50_000
    batches = [[EventId(1, uuid.uuid4().hex, n) for n in range(_BATCH)] for _ in range(200)]
    spent = time.process_time()
    for batch in batches:
        ids.claim(batch, writer="w", now=now)
    spent = time.process_time() - spent
    name = f"claim of an event id at {count:,}, CPU"
    measure.say(name, spent / (200 * _BATCH) * 1e6, "µs per id", "bar 8")
    ids.close()


def _start(folder: Path) -> None:
    """A process of its own, with one day and with ninety of 20,000 rows."""
    from vedette.items.event import ERRORS
    from vedette.store.table import Rows

    for days in (1, _DAYS):
        store = _open(folder)
        start = int(time.time() * 1e6)
        for day in range(days):
            rows = Rows(ERRORS)
            for number in range(20_000):
                rows.add(
                    {
                        "project_id": number % 10,
                        "group_id": number % 200,
                        "event_id": uuid.uuid4().hex,
                        "timestamp": start - day * _DAY - number,
                        "value": f"cannot handle case {number}",
                        "writer": f"w{days}",
                        "position": day * 20_000 + number,
                    }
                )
            store.append([rows], writer=f"w{days}", end=(day + 1) * 20_000)
            store.checkpoint()
        store.close()
        code = (
            "import time\n"
            "from pathlib import Path\n"
            "from benchmarks import measure, store\n"
            "from vedette import items\n"
            "from vedette.store.duck import DuckStore\n"
            "wall, cpu = time.perf_counter(), time.process_time()\n"
            f"held = store._open(Path({str(folder)!r}))\n"
            f"measure.say('start with {days} days, wall', time.perf_counter() - wall, 's')\n"
            f"measure.say('start with {days} days, CPU', time.process_time() - cpu, 's')\n"
            "import os\n"
            f"measure.say('memory with {days} days', measure.memory_mb(os.getpid()), 'MB')\n"
            "held.abandon()\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000,
    )
