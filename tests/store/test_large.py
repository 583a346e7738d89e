"""Large bodies and a small memory limit: what comes after them is stored all the same."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from tests.store.shop import MEMORY, count, open_store, receipts, sell, sold
from vedette.store.dayfile import DayFile
from vedette.store.duck import DuckStore
from vedette.store.parts import INLINE_BYTES
from vedette.store.table import Table

MB = 1 << 20


def fill(store: DuckStore, first: int, sizes: list[int]) -> int:
    """Sell with receipts of these sizes, in batches of some megabytes, as the pipeline does."""
    position, batch = first, 0
    waiting: list[int] = []
    for size in sizes:
        waiting.append(position)
        position += 1
        batch += size
        if batch >= 8 * MB or size == sizes[-1]:
            sell(store, waiting, receipt=os.urandom(size))
            waiting, batch = [], 0
    return position


def test_bodies_of_any_size_never_end_the_store(tmp_path: Path) -> None:
    """300 MB of 256 KB, 192 of 1 MB and one of 100 MB in one day, then an ordinary row."""
    store = open_store(tmp_path, memory_bytes=MEMORY)
    last = fill(store, 0, [256 << 10] * 1200)
    last = fill(store, last, [MB] * 192)
    last = fill(store, last, [100 * MB])
    sell(store, [last])
    store.checkpoint()
    assert count(store) == 1200 + 192 + 1 + 1
    assert store.refused_rows == 0
    assert store.safe_position("till") == last + 1
    store.close()
    store = open_store(tmp_path, memory_bytes=MEMORY)
    assert sold(store) == list(range(last + 1))
    sell(store, [last + 1])
    store.checkpoint()
    assert count(store) == last + 2
    store.abandon()


def test_many_values_just_below_the_limit_fit_too(tmp_path: Path) -> None:
    """They lie in their column, where the engine reads 2,048 at once."""
    store = open_store(tmp_path, memory_bytes=96 * MB)
    last = fill(store, 0, [INLINE_BYTES] * 6000)
    store.checkpoint()
    assert count(store) == last
    assert store.refused_rows == 0
    store.abandon()


def refuse(store: DuckStore, monkeypatch: pytest.MonkeyPatch, bad: set[int]) -> list[int]:
    """Let the engine refuse rows by their position, as it refuses what it cannot hold."""
    from vedette.store import writing

    real = writing.insert
    tries: list[int] = []

    def insert(cursor: object, file: object, table: Table, arrow: object, number: int) -> None:
        if bad & set(arrow.column("position").to_pylist()):  # type: ignore[attr-defined]
            tries.append(arrow.num_rows)  # type: ignore[attr-defined]
            raise duckdb.OutOfMemoryException("failed to pin block")
        real(cursor, file, table, arrow, number)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "insert", insert)
    return tries


def test_rows_that_a_file_refuses_are_set_aside_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a second try and by halves; they are counted, kept, and never in the way."""
    store = open_store(tmp_path)
    tries = refuse(store, monkeypatch, {3, 700})
    sell(store, range(1000))
    sell(store, range(1000, 1010), day=1)
    store.flush()
    sell(store, [1010])
    store.checkpoint()
    assert sold(store) == [p for p in range(1011) if p not in (3, 700)]
    assert store.refused_rows == 2
    assert tries.count(1000) == 2
    assert len(tries) < 60
    kept = [path.read_text() for path in (tmp_path / "set aside").iterdir()]
    assert len(kept) == 2
    assert any('"article":"lamp 700"' in text for text in kept)
    assert store.usage()[0].rows == 999
    assert store.safe_position("till") == 1011
    store.close()


def test_nothing_is_set_aside_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows wait in memory, are found, and are written when there is room."""
    from vedette.store import writing
    from vedette.store.errors import StoreError

    store = open_store(tmp_path)

    def full(*_: object) -> None:
        raise duckdb.IOException("Could not write all bytes: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "insert", full)
        sell(store, range(5))
        for _ in range(4):
            with pytest.raises(StoreError, match="No space"):
                store.flush()
        assert sold(store) == list(range(5))
        assert store.replay_position("till") == 0
    store.flush()
    assert sold(store) == list(range(5))
    assert store.refused_rows == 0
    store.close()


def test_a_file_that_a_full_disk_invalidated_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows are found at once, not only when there is room and a restart."""
    from vedette.store.errors import StoreError
    from vedette.store.folding import Folding

    store = open_store(tmp_path)
    sell(store, range(5))
    store.flush()
    (file,) = store._files.all()

    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException(
            f'Database "{file.name}" has been invalidated because checkpointing failed. '
            "Original error: No space left on device"
        )

    with monkeypatch.context() as patch:
        patch.setattr(Folding, "_checkpoint", full)
        before = file.renewals
        with pytest.raises(StoreError):
            store.checkpoint()
        assert file.renewals == before + 1
        assert sold(store) == list(range(5))
    store.checkpoint()
    assert not file.is_dirty
    store.close()


def overload(store: DuckStore) -> None:
    """Put so much into the first file's log that a checkpoint meets the memory limit."""
    (file, *_) = store._files.all()
    cursor = store._instance.cursor()
    with store._files.pinned([file]), store._instance.more_memory():
        cursor.execute(f"CREATE TABLE {file.name}.huge (v BLOB USING COMPRESSION uncompressed)")
        for _ in range(40):
            cursor.execute(
                f"INSERT INTO {file.name}.huge SELECT repeat('x', 400000)::BLOB FROM range(10)"
            )
    file.is_dirty = True


def test_a_checkpoint_that_fails_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """DuckDB invalidates the file; it is opened again and folded with more memory."""
    store = open_store(tmp_path, memory_bytes=64 * MB)
    sell(store, range(10))
    sell(store, range(10, 20), day=1)
    store.flush()
    overload(store)
    store.checkpoint()
    assert "has been invalidated" in caplog.text
    assert not any(file.is_dirty for file in store._files.all())
    assert sold(store) == list(range(20))
    sell(store, range(20, 30))
    store.close()
    store = open_store(tmp_path, memory_bytes=64 * MB)
    assert sold(store) == list(range(30))
    store.abandon()


def test_one_file_that_cannot_be_folded_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are checkpointed, and its own rows can be read and added to."""
    from vedette.store.errors import StoreError

    store = open_store(tmp_path)
    sell(store, range(10))
    sell(store, range(10, 20), day=1)
    real = store._folding._checkpoint

    def fail_for_the_first(file: object, *, has_more: bool) -> None:
        if file is store._files.all()[0]:
            raise duckdb.IOException("Checkpoint failed")
        real(file, has_more=has_more)  # type: ignore[arg-type]

    monkeypatch.setattr(store._folding, "_checkpoint", fail_for_the_first)
    with pytest.raises(StoreError):
        store.checkpoint()
    assert [file.is_dirty for file in store._files.all()] == [True, False]
    sell(store, range(20, 30))
    store.flush()
    assert sold(store) == list(range(30))
    store.abandon()


def test_one_file_that_cannot_be_written_keeps_no_other_from_being_folded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spool is kept for its rows, which are written as soon as that works."""
    from vedette.store import writing
    from vedette.store.errors import StoreError

    store = open_store(tmp_path)
    for day in (0, 1):
        sell(store, range(10 * day, 10 * day + 5), day=day)
    store.flush()
    for day in (0, 1):
        sell(store, range(10 * day + 5, 10 * day + 10), day=day)
    first, second = store._files.all()
    real = writing.insert

    def refuse_the_first(cursor: object, file: DayFile, *rest: object) -> None:
        if file is first:
            raise duckdb.IOException("Could not write all bytes: No space left on device")
        real(cursor, file, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(writing, "insert", refuse_the_first)
        with pytest.raises(StoreError, match="No space"):
            store.checkpoint()
    assert not second.is_dirty
    assert store.safe_position("till") == 0
    assert sold(store) == list(range(20))
    store.checkpoint()
    assert not any(file.is_dirty for file in store._files.all())
    assert store.safe_position("till") == 20
    store.abandon()


def test_a_file_that_never_folds_does_not_keep_the_spool_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows stay in its log; after a few tries the spool may forget them."""
    from vedette.store.errors import StoreError

    store = open_store(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise duckdb.IOException("Checkpoint failed")

    monkeypatch.setattr(store._folding, "_checkpoint", fail)
    sell(store, range(5))
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be checkpointed"):
            store.checkpoint()
        assert store.safe_position("till") == 0
    store.checkpoint()
    assert store.safe_position("till") == 5
    assert sold(store) == list(range(5))
    store.abandon()


def test_the_receipts_are_those_that_were_given(tmp_path: Path) -> None:
    """Byte for byte, after a restart."""
    store = open_store(tmp_path)
    given = {p: os.urandom(100_000 * p) for p in range(4)}
    for position, receipt in given.items():
        sell(store, [position], receipt=receipt)
    store.close()
    store = open_store(tmp_path)
    assert receipts(store) == given
    store.abandon()


def test_a_file_that_cannot_be_opened_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that cannot be read at one place: the other days are checkpointed, and the spool is
    not kept for ever."""
    from vedette.store.errors import StoreError

    store = open_store(tmp_path)
    for day in (0, 1):
        sell(store, range(10 * day, 10 * day + 10), day=day)
    store.flush()
    first, second = store._files.all()
    store._files._detach(first)
    first.log.unlink()
    real = store._files._open

    def fail_for_the_first(file: DayFile, cursor: duckdb.DuckDBPyConnection) -> None:
        if file is first:
            raise duckdb.IOException("IO Error: Could not read from file: Input/output error")
        real(file, cursor)

    monkeypatch.setattr(store._files, "_open", fail_for_the_first)
    for _ in range(2):
        with pytest.raises(StoreError):
            store.checkpoint()
        assert not second.is_dirty
    store.checkpoint()
    assert store.safe_position("till") == 20
    store.abandon()
