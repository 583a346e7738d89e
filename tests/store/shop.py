"""A small store for the tests: two tables, rows made by the dozen, and what is found in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.table import Column, ColumnType, Rows, Table
from vedette.store.visible import VisibleProjects

NOON = 1_767_268_800_000_000  # 2026-01-01 12:00 UTC
DAY = 86_400_000_000
EVER = 1 << 60
SALES = Table(
    name="sales",
    columns=(
        Column("project_id", ColumnType.INT),
        Column("sale", ColumnType.UUID),
        Column("article", ColumnType.TEXT),
        Column("tags", ColumnType.TAGS),
        Column("receipt", ColumnType.BLOB),
    ),
)
VISITS = Table(
    name="visits",
    columns=(Column("project_id", ColumnType.INT), Column("page", ColumnType.TEXT)),
    retention="visits",
)
MEMORY = 128 << 20


def open_store(folder: Path, **options: Any) -> DuckStore:
    """A store that writes only when it is told to."""
    options = {"memory_bytes": MEMORY, "threads": 2, "flush_seconds": 3600.0, **options}
    return DuckStore(folder, (SALES, VISITS), **options)


def sales(positions: Sequence[int], *, day: int = 0, project: int = 1, **values: Any) -> Rows:
    """One sale per position of the spool."""
    rows = Rows(SALES)
    for position in positions:
        rows.add(
            {
                "project_id": project,
                "sale": f"{position:032x}",
                "article": f"lamp {position}",
                "timestamp": NOON + day * DAY + position,
                "writer": "till",
                "position": position,
                **values,
            }
        )
    return rows


def sell(store: DuckStore, positions: Sequence[int], **values: Any) -> None:
    """Append a batch of sales."""
    store.append([sales(positions, **values)], writer="till", end=max(positions) + 1)


def sold(store: DuckStore, *where: q.Condition) -> list[int]:
    """The positions of all sales, sorted; one that is there twice is there twice."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table="sales",
        columns={"position": q.Field("position")},
        start=0,
        end=EVER,
        where=list(where),
        limit=1 << 31,
    )
    return sorted(row[0] for row in store.query(select).rows)


def count(store: DuckStore, table: str = "sales") -> int:
    """How many rows a table has."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=table,
        columns={"n": q.count()},
        start=0,
        end=EVER,
    )
    return int(store.query(select).rows[0][0])


def receipts(store: DuckStore) -> dict[int, bytes | None]:
    """The receipts by position."""
    columns: dict[str, q.Expression] = {
        "position": q.Field("position"),
        "receipt": q.Field("receipt"),
    }
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table="sales",
        columns=columns,
        start=0,
        end=EVER,
        limit=1 << 31,
    )
    return dict(store.query(select).rows)


def run_until_killed(folder: Path, code: str) -> None:
    """Run code in a process of its own that kills itself; `store` is open, `die()` is a kill."""
    head = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from tests.store.shop import *\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"folder = Path({str(folder)!r})\n"
        "store = open_store(folder)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", head + code],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -9, done.stderr
