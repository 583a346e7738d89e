"""Random spans and errors in a real store, and the same rows to compute by hand."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from vedette import items
from vedette.explore.asking import Exploration
from vedette.explore.datasets import datasets
from vedette.explore.fields import read_column
from vedette.explore.searching import read_search
from vedette.spans.rows import SPANS
from vedette.store.duck import DuckStore
from vedette.store.table import Rows, Table
from vedette.store.visible import VisibleProjects

START = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC
HOUR = 3_600_000_000
END = START + 24 * HOUR
PROJECTS = {"shop": 1, "bank": 2}
OPS = ("db", "http.client", "http.server", "cache.get")
NAMES = ("call.initiate", "webhook.process", "queue.initiate_call", "/checkout")


def open_store(folder: Path) -> DuckStore:
    return DuckStore(folder, items.tables(), memory_bytes=64 << 20, threads=1)


def random_spans(number: int, seed: int = 5) -> list[dict[str, Any]]:
    """Spans with weights, failures, users and attributes; a tenth of them segments."""
    chance = random.Random(seed)
    return [_span(chance, at) for at in range(number)]


def _span(chance: random.Random, at: int) -> dict[str, Any]:
    op = chance.choice(OPS)
    user = chance.randrange(1, 30)
    tags = [("plan", chance.choice(["free", "team"]))]
    if chance.random() < 0.5:
        tags.append(("tokens", str(chance.randrange(1000))))
    if at % 3 == 0:
        tags.append(("measurements.lcp", str(at * 37 % 5000 + 0.5)))
    return {
        "project_id": chance.choice([1, 2]),
        "timestamp": START + chance.randrange(24 * HOUR),
        "trace_id": f"{chance.randrange(200):032x}",
        "span_id": f"{at:016x}",
        "is_segment": chance.random() < 0.3,
        "is_failed": chance.random() < 0.1,
        "duration": round(chance.lognormvariate(4, 1.2), 3),
        "self_time": round(chance.lognormvariate(3, 1), 3) if chance.random() < 0.9 else None,
        "weight": chance.choice([1.0, 1.0, 4.0]),
        "op": op,
        "category": op.partition(".")[0],
        "description": f"{op} {chance.randrange(5)}",
        "transaction": chance.choice(NAMES),
        "environment": chance.choice(["production", "staging"]),
        "release": chance.choice(["shop@1.0", "shop@1.1"]),
        "user_number": user,
        "user_key": f"id:{user}",
        "user_id": str(user),
        "http_status": chance.choice([200, 404, 500, None]),
        "tags": tags,
    }


def keep(store: DuckStore, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write them as the pipeline does."""
    kept = Rows(table)
    for position, row in enumerate(rows, 1):
        kept.add({**row, "writer": table.name, "position": position})
    store.append([kept], writer=table.name, end=len(rows) + 1)


def keep_spans(store: DuckStore, rows: list[dict[str, Any]]) -> None:
    keep(store, SPANS, rows)


def explore(
    fields: list[str],
    query: str = "",
    *,
    dataset: str = "spans",
    sort: tuple[str, ...] = (),
    visible: VisibleProjects | None = None,
    **more: Any,
) -> Exploration:
    """As people write it."""
    chosen = datasets()[dataset]
    return Exploration(
        dataset=chosen,
        visible=visible or VisibleProjects.granted([1, 2]),
        start=START,
        end=END,
        columns=tuple(read_column(field, chosen) for field in fields),
        search=read_search(query, chosen, projects=PROJECTS),
        sort=tuple((read_column(one.lstrip("-"), chosen), one[0] == "-") for one in sort),
        **more,
    )
