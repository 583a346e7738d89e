"""Explorations over ten million spans: the questions of pages, over a day and over fourteen.

Usage: python -m benchmarks.explore [SPANS [FOLDER]]
The names are distributed as Zipf has it, a third of the attributes are free. With a folder what
was filled is used again. Prints wall and CPU per question, and bytes a span.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import measure

_DAYS = 14
_DAY = 86_400_000_000
_BATCH = 50_000
_ROUNDS = 5
_PER_TRACE = 13
_OPS = ("db", "http.client", "http.server", "cache.get", "template.render", "queue.process")
_MEMORY = 192 << 20

QUESTIONS: dict[str, tuple[str, list[str], str]] = {
    "count by op": ("spans", ["span.op", "count()"], ""),
    "P95 by transaction, slowest first": (
        "transactions",
        ["transaction", "p95(transaction.duration)", "count()"],
        "",
    ),
    "P95 by subject of queries": ("spans", ["span.subject", "p95(span.duration)"], "span.op:db"),
    "failure rate of an op": ("spans", ["failure_rate()"], "span.op:http.client"),
    "users by release": ("transactions", ["release", "count_unique(user)"], ""),
    "by an attribute": ("spans", ["plan", "count()", "avg(span.duration)"], ""),
    "by a rare attribute": ("spans", ["shard", "count()"], "has:shard"),
    "groups that are slow": (
        "transactions",
        ["transaction", "p95(transaction.duration)"],
        "p95(transaction.duration):>500ms count():>10",
    ),
    "slowest spans": ("spans", ["span_id", "span.duration"], "span.duration:>2s"),
    "free text": ("spans", ["count()"], "voucher"),
}


def main(spans: int, folder: str) -> None:
    """Fill if need be, then ask."""
    from vedette import items
    from vedette.store.duck import DuckStore

    measure.machine()
    with _place(folder) as place:
        is_new = not (place / "filled").exists()
        store = DuckStore(place / "store", items.tables(), memory_bytes=_MEMORY, threads=2)
        if is_new:
            began = time.perf_counter()
            _fill(store, spans)
            (place / "filled").write_text(str(time.time()))
            measure.say("filled in", time.perf_counter() - began, "s")
        measure.say("disk", store.size_bytes() / spans, "bytes a span", "bar 150")
        end = int(float((place / "filled").read_text()) * 1e6)
        for days, bar in ((1, 200), (_DAYS, 1000)):
            for name, question in QUESTIONS.items():
                _ask(store, name, question, end, days, bar)
        _ask_trace(store, end)
        measure.say("memory", measure.memory_mb(os.getpid()), "MB")
        store.close()


@contextmanager
def _place(folder: str) -> Iterator[Path]:
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as made:
        yield Path(made)


def _fill(store: Any, spans: int) -> None:
    from vedette.spans.rows import SPANS
    from vedette.store.table import Rows

    chance = random.Random(11)
    now = int(time.time() * 1e6)
    routes = [f"/{word}/{at}" for at in range(300) for word in ("orders", "baskets", "vouchers")]
    subjects = [f"SELECT a{at} FROM t{at % 40} WHERE id = %s" for at in range(2000)]
    by_route, by_subject = _zipf(len(routes)), _zipf(len(subjects))
    for start in range(0, spans, _BATCH):
        rows = Rows(SPANS)
        count = min(_BATCH, spans - start)
        base = now - int((1 - start / spans) * _DAYS * _DAY)
        step = int(count / spans * _DAYS * _DAY) // count
        traces = [f"{chance.getrandbits(128):032x}" for _ in range(count // _PER_TRACE + 1)]
        names = chance.choices(routes, cum_weights=by_route, k=len(traces))
        ops = chance.choices(_OPS, (50, 10, 8, 20, 7, 5), k=count)
        told = chance.choices(subjects, cum_weights=by_subject, k=count)
        columns: dict[str, list[Any]] = {
            "project_id": [1] * count,
            "timestamp": [base + at * step for at in range(count)],
            "trace_id": [traces[at // _PER_TRACE] for at in range(count)],
            "span_id": [f"{chance.getrandbits(64):016x}" for _ in range(count)],
            "parent_span_id": [f"{chance.getrandbits(64):016x}" for _ in range(count)],
            "segment_id": [traces[at // _PER_TRACE][:16] for at in range(count)],
            "transaction": [names[at // _PER_TRACE] for at in range(count)],
            "is_segment": [at % _PER_TRACE == 0 for at in range(count)],
            "is_failed": [value < 0.03 for value in (chance.random() for _ in range(count))],
            "duration": [round(chance.lognormvariate(3, 1.4), 3) for _ in range(count)],
            "op": ops,
            "category": [op.partition(".")[0] for op in ops],
            "description": told,
            "subject": told,
            "release": [f"shop@1.{start * 20 // spans}.0"] * count,
            "environment": chance.choices(("production", "staging"), (9, 1), k=count),
            "user_number": [chance.randrange(50_000) for _ in range(count)],
            "weight": [1.0] * count,
            "tags": [_tags(chance) for _ in range(count)],
            "writer": ["w"] * count,
            "position": list(range(start, start + count)),
        }
        columns["self_time"] = columns["duration"]
        for name in rows.columns:
            rows.columns[name] = columns.get(name, [None] * count)
        store.append([rows], writer="w", end=start + count)
    store.flush()
    store.checkpoint()


def _tags(chance: random.Random) -> list[tuple[str, str]]:
    made = [("plan", chance.choice(("free", "team", "enterprise"))), ("thread.name", "MainThread")]
    if chance.random() < 0.02:
        made.append(("shard", str(chance.randrange(12))))
    if chance.random() < 0.3:
        made.append((f"free.{chance.randrange(60)}", str(chance.randrange(100_000))))
    return made


def _zipf(count: int) -> list[float]:
    total, made = 0.0, []
    for place in range(1, count + 1):
        total += 1 / place
        made.append(total)
    return made


def _ask(
    store: Any, name: str, question: tuple[str, list[str], str], end: int, days: int, bar: int
) -> None:
    from vedette.explore.asking import Exploration, table
    from vedette.explore.datasets import datasets
    from vedette.explore.fields import read_column
    from vedette.explore.searching import read_search
    from vedette.store.visible import VisibleProjects

    dataset, fields, query = question
    chosen = datasets()[dataset]
    columns = tuple(read_column(field, chosen) for field in fields)
    asked = Exploration(
        dataset=chosen,
        visible=VisibleProjects.granted([1]),
        start=end - days * _DAY,
        end=end,
        columns=columns,
        search=read_search(query, chosen),
        sort=((columns[-1], True),),
    )
    figures = []
    for _ in range(_ROUNDS):
        spent, began = time.process_time(), time.perf_counter()
        table(asked, store.query)
        figures.append((time.perf_counter() - began, time.process_time() - spent))
    took = sorted(wall for wall, _ in figures)[-1] * 1000
    spent_ms = min(cpu for _, cpu in figures) * 1000
    label = f"{name}, {days} d"
    measure.say(label, took, "ms, slowest of 5", f"bar {bar}; {spent_ms:.0f} ms of CPU at least")


def _ask_trace(store: Any, end: int) -> None:
    from vedette.spans.rows import SPANS
    from vedette.store import query as q
    from vedette.store.visible import VisibleProjects

    for days in (1, _DAYS):
        select = q.Select(
            table=SPANS.name,
            projects=VisibleProjects.granted([1]),
            columns={"span_id": q.Field("span_id")},
            where=[q.Compare(q.Field("trace_id"), "=", "f" * 32)],
            start=end - days * _DAY,
            end=end,
        )
        began = time.perf_counter()
        store.query(select)
        measure.say(f"a trace, {days} d", (time.perf_counter() - began) * 1000, "ms")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000,
        sys.argv[2] if len(sys.argv) > 2 else "",
    )
