"""What is only cached is given back after writing, and never while somebody asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.store.shop import EVER, open_store, sales, sell
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.visible import VisibleProjects


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    held = open_store(tmp_path)
    yield held
    held.abandon()


def _held_bytes(cursor: duckdb.DuckDBPyConnection) -> int:
    cursor.execute("SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()")
    return int(cursor.fetchall()[0][0])


def test_a_flush_leaves_little_cached(tmp_path: Path) -> None:
    """What was written and read stays in the engine's memory until then, up to its limit."""
    store = open_store(tmp_path, memory_bytes=48 << 20)
    for start in range(0, 64_000, 8_000):
        some = sales(range(start, start + 8_000))
        some.columns["receipt"] = [os.urandom(400) for _ in range(8_000)]
        store.append([some], writer="till", end=start + 8_000)
        store.checkpoint()
    assert _read_all(store) == 64_000
    cached = _held_bytes(store._instance.cursor())

    sell(store, [64_000])
    store._sparing._next_shedding = 0.0
    store.flush()

    assert _held_bytes(store._instance.cursor()) <= cached // 2
    store.abandon()


def _read_all(store: DuckStore) -> int:
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table="sales",
        columns={"receipt": q.Field("receipt")},
        start=0,
        end=EVER,
        limit=1 << 31,
    )
    return len(store.query(select).rows)


def test_while_somebody_asks_the_cache_stays(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question has all of its memory from beginning to end."""
    shed = threading.Event()
    monkeypatch.setattr(store._instance, "shed", shed.set)
    sell(store, [1])

    with store._gate.turn(None, None):
        store.flush()
    assert not shed.is_set()

    sell(store, [2])
    store.flush()
    assert shed.is_set()
    shed.clear()

    sell(store, [3])
    store.flush()
    assert not shed.is_set(), "not after every flush: what is given back is had again"


def test_writing_gives_back_what_is_cached_beyond_half(tmp_path: Path) -> None:
    """A flush and what lies in the engine's cache do not add up to the limit and the flush."""
    store = open_store(tmp_path, memory_bytes=128 << 20)
    limits = []
    write = store._writing._transaction

    def noted(*arguments: Any) -> None:
        limits.append(_limit(store))
        if len(limits) == 1:
            raise duckdb.Error("for once")
        write(*arguments)

    store._writing._transaction = noted  # type: ignore[method-assign]
    before = _limit(store)
    sell(store, [1, 2])
    store.flush()

    assert limits == [before / 2, before / 2]
    assert _limit(store) == before
    assert _read_all(store) == 2
    store.abandon()


def test_a_question_that_comes_while_writing_has_all_of_the_memory(tmp_path: Path) -> None:
    """And while somebody asks, a flush takes none of it away."""
    store = open_store(tmp_path, memory_bytes=128 << 20)
    before = _limit(store)
    with store._sparing.writing():
        assert _limit(store) == before / 2
        assert _read_all(store) == 0
        assert _limit(store) == before
    with store._gate.turn(None, None), store._sparing.writing():
        assert _limit(store) == before
    store.abandon()


def test_a_small_limit_is_not_halved(tmp_path: Path) -> None:
    """What a transaction needs it has."""
    store = open_store(tmp_path, memory_bytes=48 << 20)
    before = _limit(store)
    with store._sparing.writing():
        assert _limit(store) == before
    store.abandon()


def _limit(store: DuckStore) -> float:
    """In MiB, as the engine says it."""
    cursor = store._instance.cursor()
    cursor.execute("SELECT current_setting('memory_limit')")
    return float(cursor.fetchall()[0][0].removesuffix(" MiB"))
