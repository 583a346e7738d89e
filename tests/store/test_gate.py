"""Questions are bounded in number, time and memory, and can be ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.shop import count, open_store, sell
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy
from vedette.store.visible import VisibleProjects

EVERYTHING = VisibleProjects.of_system()
SLOW = q.Select(
    projects=EVERYTHING,
    table="sales",
    columns={"n": q.count()},
    start=0,
    end=1 << 60,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    held = open_store(tmp_path, questions_at_once=2, question_wait_seconds=0.05)
    yield held
    held.abandon()


@pytest.fixture
def slow(store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Every question becomes one that runs for minutes; set when one has begun."""
    from vedette.store import questions

    begun = threading.Event()

    def endless(*_: object) -> tuple[str, list[object]]:
        begun.set()
        text = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range > b.range"
        return text, []

    monkeypatch.setattr(questions, "compiled", endless)
    return begun


def test_a_question_ends_when_its_time_is_over(store: DuckStore, slow: threading.Event) -> None:
    """The asker may give it less than the store would."""
    with pytest.raises(BadQuery, match=r"longer than 0\.2 s"):
        store.query(SLOW, seconds=0.2)


def test_a_question_can_be_cancelled(store: DuckStore, slow: threading.Event) -> None:
    """While it runs; its token means nothing afterwards."""
    raised: list[Exception] = []

    def ask() -> None:
        try:
            store.query(SLOW, token="mine")
        except QuestionCancelled as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert slow.wait(10)
    store.cancel("another")
    while thread.is_alive():
        store.cancel("mine")
        thread.join(0.05)
    assert len(raised) == 1
    store.cancel("mine")


def test_no_more_than_so_many_at_once(store: DuckStore) -> None:
    """One more waits a little, then is told that the store is busy."""
    with store._gate.turn(None, None):
        assert count(store) == 0
        with store._gate.turn(None, None), pytest.raises(StoreBusy):
            count(store)
    assert count(store) == 0


def test_a_question_that_needs_too_much_memory_costs_only_itself(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused in words; appending and other questions go on."""
    from vedette.store import questions

    with monkeypatch.context() as patch:
        text = "SELECT list(range::VARCHAR || repeat('x', 100)) FROM range(3000000)"
        patch.setattr(questions, "compiled", lambda *_: (text, []))
        with pytest.raises(BadQuery, match="needs more memory"):
            store.query(SLOW)
    sell(store, [1])
    store.flush()
    assert count(store) == 1


def test_a_wrong_question_is_told_so(store: DuckStore) -> None:
    """In words, and the next one is answered."""
    with pytest.raises(BadQuery, match="no table"):
        store.query(
            q.Select(projects=EVERYTHING, table="x", columns={"n": q.count()}, start=0, end=1)
        )
    with pytest.raises(BadQuery, match="no column"):
        store.query(
            q.Select(
                projects=EVERYTHING, table="sales", columns={"n": q.Field("x")}, start=0, end=1
            )
        )
    assert count(store) == 0
