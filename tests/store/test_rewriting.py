"""Days of which much was deleted are written anew, and nothing else changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.shop import DAY, NOON, open_store, receipts, sales, sell, sold
from vedette.store import query as q
from vedette.store.duck import DuckStore

HALF = 1 << 14


def receipt(position: int) -> bytes:
    """Bytes of its own that do not compress: below what is kept apart."""
    return os.urandom(HALF - 1) + bytes([position % 251])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    held = open_store(tmp_path)
    for position in range(200):
        held.append(
            [sales([position], day=position % 2, receipt=receipt(position))],
            writer="till",
            end=position + 1,
        )
    held.checkpoint()
    yield held
    held.abandon()


def odd(store: DuckStore) -> int:
    """Delete most of the first day, here and there."""
    some = [position for position in range(0, 200, 2) if position % 10]
    return store.delete(["sales"], q.OneOf(q.Field("position"), list(some)), NOON, NOON + DAY // 2)


def test_the_room_of_deleted_rows_comes_free(store: DuckStore) -> None:
    """A file is as large as before until it is written anew; the day beside it is left alone."""
    first, second = (one.disk_bytes for one in store.file_sizes())
    assert odd(store) == 80
    store.checkpoint()
    sizes = store.file_sizes()
    assert sizes[0].dead_share == pytest.approx(0.8, abs=0.02)
    assert sizes[1].dead_share == 0
    freed = store.rewrite(0.5)
    after = store.file_sizes()
    assert freed > 0
    assert after[0].disk_bytes < first * 0.7
    assert after[0].dead_share == 0
    assert after[1].disk_bytes == second
    assert store.rewrite(0.1) == 0


def test_what_lives_is_the_same(store: DuckStore) -> None:
    """Rows, large values, books, and how far the spool is held: also after the next start."""
    odd(store)
    before = receipts(store)
    usage, held = store.usage(), store.held_positions("till")
    store.rewrite(0.5)
    assert receipts(store) == before
    assert store.usage() == usage
    assert store.held_positions("till") == held
    sell(store, [500], receipt=receipt(500))
    after = store.usage()
    store.close()
    (store._folder / "catalog.json").unlink()  # the file itself has to tell
    again = open_store(store._folder)
    assert sold(again) == sorted([*before, 500])
    assert again.usage() == after
    assert all(one.dead_share == 0 for one in again.file_sizes())
    again.abandon()


def test_a_copy_that_a_kill_left_is_nobodys(store: DuckStore, tmp_path: Path) -> None:
    """It is deleted at the next start, and what it was made of is whole."""
    odd(store)
    before = sold(store)
    left = next(tmp_path.glob("*.duckdb"))
    (tmp_path / f"{left.name}.rewriting").write_bytes(left.read_bytes()[: 1 << 16])
    store.close()
    again = open_store(tmp_path)
    assert sold(again) == before
    assert not list(tmp_path.glob("*.rewriting*"))
    again.abandon()


def test_a_disk_without_room_for_the_copy_changes_nothing(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays as it was and can be read; it is tried again later."""
    odd(store)
    before = sold(store)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Exception, match="No space left"):
        store.rewrite(0.5)
    monkeypatch.undo()
    assert sold(store) == before
    assert store.rewrite(0.5) > 0
    assert sold(store) == before
