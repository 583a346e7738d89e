"""Questions are bounded in number, time and memory, and can be ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.store.shop import count, open_store, sell
from vedette.store import query as q
from vedette.store.asker import HEALTH, asking_for
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy
from vedette.store.gate import Gate
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


def test_one_person_may_open_as_many_pages_as_the_door_lets_them() -> None:
    """A browser that restores its windows waits for its turns; it is not refused one."""
    gate = Gate(at_once=4)
    refused: list[StoreBusy] = []
    free = threading.Event()

    def open_page() -> None:
        try:
            with asking_for("lantern/1"), gate.turn(None, None):
                free.wait(10)
        except StoreBusy as error:
            refused.append(error)

    pages = [threading.Thread(target=open_page) for _ in range(12)]
    for page in pages:
        page.start()
    while gate._room.waiting("lantern/1") + len(refused) < 10:
        pass
    free.set()
    for page in pages:
        page.join()
    assert not refused


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


def test_a_question_that_is_about_to_begin_can_be_cancelled(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its start and the engine's, which forgets what was said before."""
    from vedette.store import gate, questions

    def endless(*_: object) -> tuple[str, list[object]]:
        store.cancel("early")
        text = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range > b.range"
        return text, []

    monkeypatch.setattr(gate, "QUESTION_SECONDS", 3600.0)
    monkeypatch.setattr(questions, "compiled", endless)
    raised: list[Exception] = []

    def ask() -> None:
        try:
            store.query(SLOW, token="early")
        except QuestionCancelled as error:
            raised.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(20)
    assert [str(error) for error in raised] == ["the question was cancelled"]


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


def test_a_question_is_answered_when_writing_gives_its_memory_back(
    store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all memory is taken, even a new cursor has none."""
    sell(store, [1])
    store.flush()
    instance = store._instance
    refused = threading.Event()

    def take(purpose: str) -> duckdb.DuckDBPyConnection:
        if purpose == "asking" and not refused.is_set():
            refused.set()
            raise duckdb.OutOfMemoryException("failed to allocate data (63.0 MiB/61.0 MiB used)")
        return hand_out(purpose)

    hand_out = instance._take
    monkeypatch.setattr(instance, "_take", take)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(count(store)), daemon=True)
    with store.still:
        asking.start()
        assert refused.wait(10)
        asking.join(0.3)
        assert not answers
    asking.join(10)
    assert answers == [1]


@pytest.fixture
def short(store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A question finds no memory while another is at work; set when it was refused so."""
    from vedette.store import questions

    refused = threading.Event()

    def fetch(*asked: Any) -> list[list[Any]]:
        if store._gate._room.at_work() > 1:
            refused.set()
            raise duckdb.OutOfMemoryException("failed to pin block")
        return fetched(*asked)

    fetched = questions._fetched
    monkeypatch.setattr(questions, "_fetched", fetch)
    return refused


def test_a_question_without_memory_is_answered_when_the_others_have_ended(
    store: DuckStore, short: threading.Event
) -> None:
    """It waits for them, and is not told to ask for less."""
    sell(store, [1])
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(count(store)), daemon=True)
    with store._gate.turn(None, None):
        asking.start()
        assert short.wait(10)
        asking.join(0.3)
        assert not answers
    asking.join(10)
    assert answers == [1]


def test_a_question_whose_memory_others_keep_is_told_that_the_store_is_busy(
    store: DuckStore, short: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that it is wrong: in a moment it may be answered. Whoever comes then has a turn."""
    monkeypatch.setattr("vedette.store.room._OTHERS_SECONDS", 0.05)
    with store._gate.turn(None, None), pytest.raises(StoreBusy, match="memory"):
        count(store)
    assert short.is_set()
    assert count(store) == 0


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


def test_one_asker_leaves_room_for_the_others(store: DuckStore) -> None:
    """Half of the turns are the most; the words say whose questions are in the way."""
    with asking_for("ada"), store._gate.turn(None, None):
        with pytest.raises(StoreBusy, match="your other questions"):
            count(store)
        with asking_for("bob"):
            assert count(store) == 0
    with asking_for("ada"):
        assert count(store) == 0


def test_the_system_takes_whatever_turn_is_free(store: DuckStore) -> None:
    """Its own questions are no asker's."""
    with store._gate.turn(None, None):
        assert count(store) == 0


def test_health_is_answered_while_every_turn_is_taken(store: DuckStore) -> None:
    """A store that is busy is not one that is broken."""
    with store._gate.turn(None, None), store._gate.turn(None, None):
        with pytest.raises(StoreBusy, match="other questions"):
            count(store)
        with asking_for(HEALTH):
            assert count(store) == 0


def test_one_asker_does_not_hold_the_threads_of_those_who_ask() -> None:
    """A line of their own questions has an end: further ones are refused at once."""
    gate = Gate(at_once=2, wait_seconds=60)
    waiting = threading.Barrier(11)

    def ask() -> None:
        waiting.wait(10)
        with asking_for("ada"), gate.turn(None, None):
            pass

    with asking_for("ada"), gate.turn(None, None):
        threads = [threading.Thread(target=ask) for _ in range(10)]
        for thread in threads:
            thread.start()
        waiting.wait(10)
        while gate._room.waiting("ada") < 10:
            pass
        with pytest.raises(StoreBusy, match="your other"), gate.turn(None, None):
            pass
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_cancelled_question_leaves_the_line() -> None:
    """A process that was killed leaves no places taken: its users ask the next one at once."""
    gate = Gate(at_once=2, wait_seconds=60)
    refused: list[Exception] = []

    def ask(token: str) -> None:
        try:
            with asking_for("ada"), gate.turn(None, token):
                pass
        except QuestionCancelled as error:
            refused.append(error)

    with asking_for("ada"), gate.turn(None, None):
        threads = [threading.Thread(target=ask, args=(token,)) for token in ("one", "two")]
        for thread in threads:
            thread.start()
        while gate._room.waiting("ada") < 2:
            pass
        gate.cancel("one")
        threads[0].join(10)
        assert [str(error) for error in refused] == ["the question was cancelled"]
        assert gate._room.waiting("ada") == 1
        gate.cancel("two")
        threads[1].join(10)
    assert len(refused) == 2
    with asking_for("ada"), gate.turn(None, None):
        pass


def test_a_question_can_be_cancelled_whose_engine_has_failed() -> None:
    """Else nobody would notice any more that clients go away."""
    gate = Gate()
    with gate.turn(None, "lost") as turn:
        engine = duckdb.connect()
        turn.start(engine.cursor())
        engine.close()
        gate.cancel("lost")
        with pytest.raises(QuestionCancelled):
            turn.check()
