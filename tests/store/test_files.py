"""Many days cost little: files are opened when they are needed, and the catalog knows the rest."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.store.shop import DAY, NOON, count, open_store, sell, sold
from vedette.store import catalog, damage
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.errors import StoreUnavailable
from vedette.store.files import MOST_ATTACHED
from vedette.store.visible import VisibleProjects


def attached(store: DuckStore) -> int:
    rows = store._instance.cursor().execute("SELECT database_name FROM duckdb_databases()")
    return sum("_2026" in name for (name,) in rows.fetchall())


def filled(folder: Path, days: int) -> DuckStore:
    store = open_store(folder)
    for day in range(days):
        sell(store, [day * 2, day * 2 + 1], day=day)
    store.close()
    return open_store(folder)


def test_a_start_opens_no_file_that_the_catalog_knows(tmp_path: Path) -> None:
    """Positions and amounts are known all the same."""
    store = filled(tmp_path, 40)
    assert attached(store) == 0
    assert store.held_positions("till") == {day * 2 + 1 for day in range(40)}
    assert sum(row.rows for row in store.usage()) == 80
    store.abandon()


def test_a_question_opens_only_the_days_it_asks_for(tmp_path: Path) -> None:
    """And what was opened is let go when other files are used."""
    store = filled(tmp_path, 40)
    day = q.Select(
        projects=VisibleProjects.of_system(),
        table="sales",
        columns={"n": q.count()},
        start=NOON + 3 * DAY,
        end=NOON + 3 * DAY + 10,
    )
    assert store.query(day).rows == [[2]]
    assert attached(store) == 1
    assert sold(store) == list(range(80))
    assert attached(store) == MOST_ATTACHED
    for _ in range(3):
        assert count(store) == 80
    store.abandon()


def test_what_waits_in_a_log_is_found_after_its_file_was_let_go(tmp_path: Path) -> None:
    """Rows of many days, none of them checkpointed."""
    store = open_store(tmp_path)
    for day in range(30):
        sell(store, [day], day=day)
        store.flush()
    assert attached(store) <= MOST_ATTACHED
    assert sold(store) == list(range(30))
    store.checkpoint()
    assert not list(tmp_path.glob("*.wal"))
    assert sold(store) == list(range(30))
    store.abandon()


def test_files_that_nobody_uses_are_let_go(tmp_path: Path) -> None:
    """With what the engine has cached of them; they are opened again when they are asked for."""
    store = filled(tmp_path, 3)
    assert count(store) == 6
    store._files.rest(3600)
    assert attached(store) == 3
    store._files.rest(0)
    assert attached(store) == 0
    assert count(store) == 6
    store.abandon()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"x":7}', None])
def test_the_catalog_is_made_anew_when_it_is_lost(tmp_path: Path, damage: bytes | None) -> None:
    """It is only a memory of what the files say themselves."""
    filled(tmp_path, 5).abandon()
    path = tmp_path / "catalog.json"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    store = open_store(tmp_path)
    assert store.held_positions("till") == {1, 3, 5, 7, 9}
    assert sold(store) == list(range(10))
    assert len(catalog.read(tmp_path)) == 5
    store.abandon()


def test_a_file_that_changed_beside_the_catalog_is_read(tmp_path: Path) -> None:
    """As when a copy is put back."""
    filled(tmp_path, 3).abandon()
    old = {path: path.read_bytes() for path in tmp_path.glob("*.duckdb")}
    store = open_store(tmp_path)
    for day in range(3):
        sell(store, [100 + day], day=day)
    store.close()
    for path, content in old.items():
        path.write_bytes(content)
    store = open_store(tmp_path)
    assert store.held_positions("till") == {1, 3, 5}
    store.abandon()


def test_files_of_an_earlier_version_go_on_being_used(tmp_path: Path) -> None:
    """They know nothing of flushes; their rows, positions and amounts are taken over."""
    with duckdb.connect(str(tmp_path / "telemetry_20260101.duckdb")) as old:
        old.execute(
            "CREATE TABLE sales (project_id BIGINT, sale UUID, tags MAP(VARCHAR, VARCHAR), "
            "receipt BLOB, timestamp TIMESTAMP, writer VARCHAR, position BIGINT)"
        )
        old.execute(
            "INSERT INTO sales SELECT 1, uuid(), MAP {'a': 'b'}, 'x'::BLOB, "
            "make_timestamp(? + i), 'till', i FROM range(10) t(i)",
            [NOON],
        )
    (tmp_path / "checkpoint.json").write_text('{"till": 10}')
    store = open_store(tmp_path)
    assert sold(store) == list(range(10))
    assert store.replay_position("till") == store.safe_position("till") == 10
    assert store.held_positions("till") == {9}
    assert [row[1:4] for row in store.usage()] == [("sales", 1, 10)]
    sell(store, range(8, 12), tags=[("city", "Bern")])
    assert sold(store) == list(range(12))
    store.close()
    store = open_store(tmp_path)
    assert sold(store) == list(range(12))
    assert sold(store, q.Compare(q.Tag("city"), "=", "Bern")) == [10, 11]
    store.abandon()


def test_days_that_are_dropped_are_gone(tmp_path: Path) -> None:
    """From the disk, from memory, from the books and from the next start."""
    from datetime import date

    store = filled(tmp_path, 4)
    sell(store, [50], day=0)
    assert store.drop_before("telemetry", date(2026, 1, 3)) == 2
    assert store.drop_before("visits", date(2027, 1, 1)) == 0
    assert sold(store) == [4, 5, 6, 7]
    assert store.replay_position("till") >= 8
    assert {row.day for row in store.usage()} == {date(2026, 1, 3), date(2026, 1, 4)}
    store.close()
    store = open_store(tmp_path)
    assert sold(store) == [4, 5, 6, 7]
    store.abandon()


def test_a_day_that_is_dropped_as_a_question_begins_stays_dropped(tmp_path: Path) -> None:
    """The question is answered of the other days, and the day can be written again."""
    store = filled(tmp_path, 3)
    questions = store._questions
    files_of = questions._files_of

    def late(*arguments: Any) -> Any:
        found = files_of(*arguments)
        assert store.drop_before("telemetry", date(2026, 1, 2)) == 1
        return found

    questions._files_of = late  # type: ignore[method-assign]
    assert sold(store) == [2, 3, 4, 5]
    questions._files_of = files_of  # type: ignore[method-assign]
    assert len(list(tmp_path.glob("telemetry_*.duckdb"))) == 2
    sell(store, [6])
    store.flush()
    assert sold(store) == [2, 3, 4, 5, 6]
    store.close()


def test_many_checkpoints_leave_few_row_groups(tmp_path: Path) -> None:
    """A quiet installation checkpoints a few rows every minute, all day long."""
    store = open_store(tmp_path)
    for position in range(70):
        sell(store, [position])
        store.checkpoint()
    (file,) = store._files.all()
    with store._files.pinned([file]):
        groups = store._instance.cursor().execute(
            f"SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('{file.name}.sales')"
        )
        assert groups.fetchone()[0] < 40
    assert sold(store) == list(range(70))
    store.abandon()


def test_readers_that_follow_each_other_let_a_file_be_opened_again(tmp_path: Path) -> None:
    """Each pins it before the one before has gone: new ones wait for their turn."""
    store = open_store(tmp_path)
    sell(store, range(10))
    store.flush()
    (file,) = store._files.all()
    is_over = threading.Event()
    beginnings = threading.Semaphore(0)

    def read() -> None:
        while not is_over.is_set():
            with store._files.pinned([file]):
                beginnings.release()
                time.sleep(0.05)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
        beginnings.acquire()
        time.sleep(0.017)
    try:
        store._files.renew(file, wait_seconds=5.0)
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    assert sold(store) == list(range(10))
    store.abandon()


def test_a_file_that_stays_in_use_keeps_its_log(tmp_path: Path) -> None:
    """It is tried again later; nothing is taken for damage."""
    store = open_store(tmp_path)
    sell(store, range(10))
    store.flush()
    (file,) = store._files.all()
    is_over = threading.Event()
    has_begun = threading.Event()

    def read() -> None:
        with store._files.pinned([file]):
            has_begun.set()
            is_over.wait(10)

    reader = threading.Thread(target=read)
    reader.start()
    has_begun.wait()
    with pytest.raises(StoreUnavailable):
        store._files.renew(file, wait_seconds=0.1)
    is_over.set()
    reader.join()
    assert sold(store) == list(range(10))
    assert not list(tmp_path.glob("*.damaged-*"))
    store.abandon()


@pytest.mark.parametrize(
    "words",
    [
        "Binder Error: Unique file handle conflict: Cannot attach - the file is already attached",
        "IO Error: Could not set lock on file: Conflicting lock is held in PID 1",
        "IO Error: Cannot open file: Permission denied",
    ],
)
def test_what_is_no_damage_is_not_set_aside(tmp_path: Path, words: str) -> None:
    """The log stays where it is."""
    path = tmp_path / "telemetry_20260101.duckdb"
    log = path.with_suffix(".duckdb.wal")
    path.write_bytes(b"x" * 20_000)
    log.write_bytes(b"x")
    assert not damage.set_aside(path, duckdb.Error(words))
    assert log.exists()
