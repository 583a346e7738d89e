"""Rows that meet a condition, and whole days, are deleted by every engine alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.store.engines import THINGS, Chdb, Engine, as_dicts, open_duck, random_rows
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

EVER = 1 << 60
CONDITIONS: dict[str, q.Condition] = {
    "null is no yes": q.Compare(q.Field("whole"), ">", 0),
    "one of": q.OneOf(q.Field("project_id"), [1, 3]),
    "not one of": q.Not(q.OneOf(q.Field("trace_id"), [f"{1:032x}", f"{2:032x}"])),
    "tag": q.Compare(q.Tag("x"), "=", "1"),
    "text": q.Matches(q.Field("text"), "*a*"),
    "either": q.Either([q.Compare(q.Field("flag"), "=", True), q.Present(q.Field("text"))]),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_same_rows_are_left(engine: Engine, tmp_path: Path, name: str) -> None:
    """Within the times that are given, whatever is null."""
    if not isinstance(engine, Chdb):
        pytest.skip("compared with DuckDB")
    table = replace(THINGS, name=f"things_{list(CONDITIONS).index(name)}")
    rows = Rows(table, random_rows(THINGS, seed=5, number=300).columns)
    moments = sorted(row["timestamp"] for row in as_dicts(rows))
    start, end = moments[30], moments[-30]
    engine.add(rows)
    duck = open_duck(tmp_path, [rows])
    engine.delete(table, CONDITIONS[name], start, end)
    assert duck.delete([table.name], CONDITIONS[name], start, end) > 0
    assert left(engine, table.name) == left(duck, table.name)
    day = datetime.fromtimestamp(moments[-1] / 1e6, UTC).date()
    drop_day(engine, duck, rows, day)
    duck.close()


def drop_day(engine: Chdb, duck: DuckStore, rows: Rows, day: date) -> None:
    """What a day holds is gone in one of them as in the other."""
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
    engine.drop_day(rows.table, day)
    duck.delete([rows.table.name], q.All([]), first, first + 86_400_000_000)
    assert left(engine, rows.table.name) == left(duck, rows.table.name)


def left(engine: Engine, table: str) -> list[int]:
    select = q.Select(
        table=table,
        projects=VisibleProjects.of_system(),
        columns={"position": q.Field("position")},
        start=0,
        end=EVER,
        order_by=[q.Order("position")],
    )
    return [row[0] for row in engine.query(select).rows]
