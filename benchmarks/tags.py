"""Questions about tags over a million rows, and what tag columns cost: CPU, memory and disk.

Usage: python -m benchmarks.tags [ROWS [KEYS]]
Asks the same store twice: with the columns of its frequent tags, and made without any.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measure
from vedette.store import query as q
from vedette.store import widening
from vedette.store.duck import DuckStore
from vedette.store.table import Column, ColumnType, Rows, Table
from vedette.store.visible import VisibleProjects

_TABLE = Table(
    name="things",
    columns=(Column("project_id", ColumnType.INT), Column("tags", ColumnType.TAGS)),
)
_DAYS = 14
_DAY = 86_400_000_000
_START = 1_767_225_600_000_000
_BATCH = 2_500
_ROUNDS = 5


def main(rows: int, keys: int) -> None:
    """Print CPU seconds of writing and of questions, bytes, and ratios."""
    measure.machine()
    spent: dict[str, list[float]] = {}
    for name in ("map only", "with columns"):
        widening.FIRST_ROWS = 5_000 if name == "with columns" else sys.maxsize
        with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
            store = DuckStore(
                Path(folder), [_TABLE], memory_bytes=192 << 20, threads=2, flush_seconds=3600.0
            )
            _fill(store, rows, keys, name)
            for asked, select in _questions().items():
                spent.setdefault(asked, []).append(_ask(store, select))
            measure.say(f"{name}: memory", measure.memory_mb(os.getpid()), "MB")
            store.close()
    for asked, (before, after) in spent.items():
        ratio = f"{before / after:.1f} times less than {before * 1000:.1f} ms"
        measure.say(f"{asked}, CPU", after * 1000, "ms", ratio)


def _fill(store: DuckStore, rows: int, keys: int, name: str) -> None:
    chance = random.Random(5)
    flushed = folded = 0.0
    for start in range(0, rows, _BATCH):
        made = Rows(_TABLE)
        for position in range(start, min(start + _BATCH, rows)):
            tags = [(f"key {n}", f"value {chance.randrange(3 + n * 5)}") for n in range(keys)]
            made.add(
                {
                    "project_id": position % 3,
                    "tags": [tag for tag in tags if chance.random() < 0.9],
                    "timestamp": _START + position * _DAYS * _DAY // rows,
                    "writer": "w",
                    "position": position,
                }
            )
        store.append([made], writer="w", end=start + _BATCH)
        began = time.process_time()
        store.flush()
        flushed += time.process_time() - began
        if start // _BATCH % 20 == 19:
            began = time.process_time()
            store.checkpoint()
            folded += time.process_time() - began
    began = time.process_time()
    store.checkpoint()
    folded += time.process_time() - began
    measure.say(f"{name}: flush, CPU", flushed / rows * 1e6, "µs per row")
    measure.say(f"{name}: checkpoint, CPU", folded / rows * 1e6, "µs per row")
    measure.say(f"{name}: disk", store.size_bytes() / rows, "bytes per row")


def _questions() -> dict[str, q.Select]:
    tag, count = q.Tag("key 3"), {"n": q.count()}
    everything = {
        "table": "things",
        "projects": VisibleProjects.of_system().only([1, 2]),
        "start": _START,
        "end": _START + _DAYS * _DAY,
    }
    grouped = {"group_by": ["tag"], "order_by": [q.Order("n", descending=True)], "limit": 20}
    where = [q.Compare(tag, "=", "value 1")]
    return {
        "filter by a tag": q.Select(columns=count, where=where, **everything),
        "filter by a tag, by hour": q.Select(
            columns={"at": q.bucket(3600), **count}, where=where, group_by=["at"], **everything
        ),
        "group by a tag": q.Select(columns={"tag": tag, **count}, **grouped, **everything),
        "values that contain a text": q.Select(
            columns={"tag": tag, **count},
            where=[q.Present(tag), q.Matches(tag, "*1*")],
            **grouped,
            **everything,
        ),
        "filter by a rare tag": q.Select(
            columns=count, where=[q.Present(q.Tag("nowhere"))], **everything
        ),
        "all tags of all rows": q.Select(
            columns={"tag": q.Field("tag_key"), **count},
            explode_tags=True,
            **grouped,
            **everything,
        ),
    }


def _ask(store: DuckStore, select: q.Select) -> float:
    store.query(select)
    began = time.process_time()
    for _ in range(_ROUNDS):
        store.query(select)
    return (time.process_time() - began) / _ROUNDS


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 12,
    )
