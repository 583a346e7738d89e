"""Append, flush and query: every row once, at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.shop import (
    NOON,
    SALES,
    VISITS,
    count,
    open_store,
    receipts,
    sales,
    sell,
    sold,
)
from vedette.store import query as q
from vedette.store.dayfile import DayFile
from vedette.store.duck import DuckStore
from vedette.store.errors import BadRows, StoreError
from vedette.store.parts import INLINE_BYTES
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    held = open_store(tmp_path)
    yield held
    held.abandon()


def test_a_row_is_found_before_and_after_it_is_written(store: DuckStore) -> None:
    """With all its values, from memory, from the file and from both."""
    tags = [("city", "Berlin"), ("plan", "free")]
    sell(store, [1], article="table", tags=tags, receipt=b"\x00\xff")
    columns: dict[str, q.Expression] = {
        name: q.Field(name) for name in ("sale", "article", "receipt", "timestamp")
    }
    columns["city"] = q.Tag("city")
    select = q.Select(
        projects=VisibleProjects.of_system(), table="sales", columns=columns, start=0, end=1 << 60
    )
    expected = [f"{1:032x}", "table", b"\x00\xff", NOON + 1, "Berlin"]
    assert store.query(select).rows == [expected]
    store.flush()
    assert store.query(select).rows == [expected]
    sell(store, [2], day=1)
    assert sold(store) == [1, 2]


def test_counts_are_exact_while_rows_are_written(store: DuckStore) -> None:
    """A question beside appends and flushes never sees a row twice and never misses one."""
    appended = 0
    wrong: list[str] = []
    done = threading.Event()

    def ask() -> None:
        seen = 0
        while not done.is_set():
            before = appended
            found = count(store)
            if found < max(seen, before) or found > appended + 30:
                wrong.append(f"{found} after {seen}, {before} to {appended} appended")
            seen = found

    threads = [threading.Thread(target=ask) for _ in range(2)]
    flushing = threading.Thread(target=lambda: [store.flush() for _ in iter(done.is_set, True)])
    for thread in (*threads, flushing):
        thread.start()
    for step in range(120):
        positions = range(step * 30, step * 30 + 30)
        store.append(
            [sales(positions[:15]), sales(positions[15:], day=step % 3)],
            writer="till",
            end=positions[-1] + 1,
        )
        appended += 30
    done.set()
    for thread in (*threads, flushing):
        thread.join()
    assert wrong == []
    assert sold(store) == list(range(3600))


def test_a_flush_that_is_not_complete_is_not_seen(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when it takes several transactions."""
    monkeypatch.setattr("vedette.store.writing.TRANSACTION_BYTES", 10_000)
    real = store._writing._transaction
    seen = []

    def and_look(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        seen.append(count(store))

    monkeypatch.setattr(store._writing, "_transaction", and_look)
    sell(store, range(1000), receipt=b"x" * 100)
    store.flush()
    assert len(seen) > 5
    assert set(seen) == {1000}


def test_appending_again_adds_nothing(store: DuckStore) -> None:
    """A batch that is read again is skipped, be it in memory or in a file."""
    sell(store, [1, 2])
    sell(store, [1, 2])
    assert sold(store) == [1, 2]
    store.flush()
    sell(store, [1, 2, 3])
    assert sold(store) == [1, 2, 3]


def test_positions_tell_what_is_written_and_what_is_held(store: DuckStore) -> None:
    """Durable only after a flush, safe only after a checkpoint, held at once."""
    sell(store, [5])
    assert store.held_positions("till") == {5}
    assert store.replay_position("till") == 0
    store.flush()
    assert store.replay_position("till") == 6
    assert store.safe_position("till") == 0
    store.checkpoint()
    assert store.safe_position("till") == 6


@pytest.mark.parametrize(
    "values",
    [
        {"sale": "no id"},
        {"sale": 7},
        {"project_id": 1 << 70},
        {"article": "x" * (1 << 20)},
        {"article": "\ud800"},
        {"timestamp": None},
        {"timestamp": 1 << 62},
        {"tags": [("a", "x" * (1 << 20))]},
        {"tags": [(None, "x")]},
    ],
)
def test_a_bad_value_is_refused_when_it_comes(store: DuckStore, values: dict[str, object]) -> None:
    """The batch is refused whole, and what comes after is stored."""
    with pytest.raises(BadRows):
        store.append([sales([1]), sales([2], **values)], writer="till", end=3)
    sell(store, [4])
    store.flush()
    assert sold(store) == [4]


def test_a_tag_that_is_given_twice_is_one(store: DuckStore) -> None:
    """The last one counts."""
    sell(store, [1], tags=[("city", "Bern"), ("city", "Berlin")])
    store.flush()
    assert sold(store, q.Compare(q.Tag("city"), "=", "Berlin")) == [1]


@pytest.mark.parametrize("is_written", [False, True])
def test_tags_are_found_wherever_the_rows_lie(store: DuckStore, is_written: bool) -> None:
    """By any key, among all values, exploded, and where there is none."""
    sell(store, [1], tags=[("it's", "Berlin"), ("plan", "free")])
    sell(store, [2], tags=[("plan", "team")])
    sell(store, [3], tags=None)
    if is_written:
        store.flush()
    assert sold(store, q.Compare(q.Tag("it's"), "=", "Berlin")) == [1]
    assert sold(store, q.Compare(q.Tag("plan"), "!=", "free")) == [2, 3]
    assert sold(store, q.Present(q.Tag("plan"))) == [1, 2]
    assert sold(store, q.Not(q.Either([q.Present(q.Tag("a\nb"))]))) == [1, 2, 3]
    assert sold(store, q.Contains([], "berl", tags=True)) == [1]
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table="sales",
        columns={"key": q.Field("tag_key"), "n": q.count()},
        start=0,
        end=1 << 60,
        group_by=["key"],
        order_by=[q.Order("key")],
        explode_tags=True,
    )
    assert store.query(select).rows == [["it's", 1], ["plan", 2]]


def test_large_values_come_back_whole(store: DuckStore) -> None:
    """From memory, from the file, and one that imitates the store's own mark."""
    sell(store, [1], receipt=b"a" * (INLINE_BYTES + 1))
    sell(store, [2], receipt=bytes(range(256)) * 4000)
    (reference,) = (
        batch.arrow.column("receipt").to_pylist()[0]
        for file in store._files.all()
        for batch in file.memory
        if batch.table.name == "sales" and batch.last == 2
    )
    sell(store, [3], receipt=reference)
    expected = {1: b"a" * (INLINE_BYTES + 1), 2: bytes(range(256)) * 4000, 3: reference}
    assert receipts(store) == expected
    store.flush()
    assert receipts(store) == expected


def test_what_is_written_is_sorted(store: DuckStore) -> None:
    """By project and time, so that a question reads what it needs in one go."""
    for position, project in enumerate([3, 1, 2, 1]):
        sell(store, [position], project=project)
    store.flush()
    cursor = store._instance.cursor()
    with store._files.pinned(store._files.all()):
        rows = cursor.execute(f"FROM telemetry_20260101.{SALES.name} SELECT project_id").fetchall()
    assert [row[0] for row in rows] == [1, 1, 2, 3]


def test_a_class_is_a_name_and_has_files_of_its_own(store: DuckStore, tmp_path: Path) -> None:
    """Its days are dropped without touching another class's."""
    rows = Rows(VISITS)
    rows.add({"project_id": 1, "timestamp": NOON, "writer": "till", "position": 1})
    store.append([rows, sales([1])], writer="till", end=2)
    store.flush()
    assert {path.name for path in tmp_path.glob("*.duckdb")} == {
        "telemetry_20260101.duckdb",
        "visits_20260101.duckdb",
    }


def test_a_day_that_cannot_be_written_stops_no_other(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much comes; what waits for it is there when it can be written again."""
    monkeypatch.setattr(store._flusher, "_most", (20, 1 << 30))
    write = store._writing.write

    def fail(file: DayFile) -> None:
        if file.name.endswith("20260101"):
            raise StoreError("this disk has a bad place")
        write(file)

    with monkeypatch.context() as patch:
        patch.setattr(store._writing, "write", fail)
        sell(store, range(10))
        for first in range(10, 200, 10):
            sell(store, range(first, first + 10), day=1)
        assert sold(store) == list(range(200))
    store.flush()
    assert sold(store) == list(range(200))


def test_no_more_waits_than_may_for_a_day_that_cannot_be_written(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others would have no memory; the spool has it."""
    monkeypatch.setattr(store._flusher, "_most", (20, 1 << 30))

    def fail(file: DayFile) -> None:
        raise StoreError("this disk has a bad place")

    with monkeypatch.context() as patch:
        patch.setattr(store._writing, "write", fail)
        for first in range(0, 30, 10):
            sell(store, range(first, first + 10))
        with pytest.raises(StoreError):
            sell(store, range(30, 40))
    sell(store, range(30, 40))
    assert sold(store) == list(range(40))
