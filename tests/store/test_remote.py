"""The store over its socket: answers meet their own question, whatever happened before."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.store.engines import END, START, THINGS, open_duck, random_rows
from tests.store.shop import open_store
from vedette.store import query as q
from vedette.store.asker import HEALTH, asking_for
from vedette.store.errors import BadQuery, StoreBusy, StoreUnavailable
from vedette.store.query import Answer, Select
from vedette.store.remote import StoreClient, StoreServer
from vedette.store.visible import VisibleProjects
from vedette.store.watch import Watch

EVERYTHING = VisibleProjects.of_system()


class Owner:
    """Answers with the question's limit, after a while if `wait` is set."""

    def __init__(self) -> None:
        self.wait = 0.0
        self.cancelled: list[str] = []
        self.is_cancelled = threading.Event()

    def cancel(self, token: str) -> None:
        self.cancelled.append(token)
        self.is_cancelled.set()

    def query(
        self, select: Select, *, seconds: float | None = None, token: str | None = None
    ) -> Answer:
        if select.limit == 13:
            raise BadQuery("thirteen")
        time.sleep(self.wait)
        return Answer(["limit"], [[select.limit]])


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    held = Owner()
    server = StoreServer(held, tmp_path / "s")
    server.start()
    yield held
    server.stop()


def ask(client: StoreClient, number: int) -> object:
    select = Select(
        table="t",
        projects=VisibleProjects.of_system(),
        columns={"n": q.count()},
        start=0,
        end=1,
        limit=number,
    )
    return client.query(select).rows[0][0]


def test_a_late_answer_is_never_taken_for_another_ones(owner: Owner, tmp_path: Path) -> None:
    """After a question that took too long the connection is not used again."""
    client = StoreClient(tmp_path / "s", answer_seconds=0.1)
    assert ask(client, 1) == 1
    owner.wait = 0.3
    with pytest.raises(StoreUnavailable):
        ask(client, 2)
    owner.wait = 0.0
    assert ask(client, 3) == 3
    assert ask(client, 4) == 4


def test_a_bad_question_costs_only_itself(owner: Owner, tmp_path: Path) -> None:
    """The connection goes on."""
    client = StoreClient(tmp_path / "s")
    with pytest.raises(BadQuery, match="thirteen"):
        ask(client, 13)
    assert ask(client, 1) == 1


def test_a_client_outlives_the_owner(tmp_path: Path) -> None:
    """It connects again to the next owner, and gives up in time when there is none."""
    client = StoreClient(tmp_path / "s", connect_seconds=0.2)
    with pytest.raises(StoreUnavailable):
        ask(client, 1)
    for number in range(2):
        server = StoreServer(Owner(), tmp_path / "s")
        server.start()
        assert ask(client, number + 1) == number + 1
        server.stop()


def test_only_visible_projects_are_seen_over_the_socket(tmp_path: Path) -> None:
    """What was granted here is what the owner lets through there."""
    store = open_duck(tmp_path / "store", [random_rows(THINGS, seed=4, number=80)])
    server = StoreServer(store, tmp_path / "s")
    server.start()
    client = StoreClient(tmp_path / "s")
    counts = []
    for visible in (VisibleProjects.granted([1]), VisibleProjects.granted([]), EVERYTHING):
        select = Select(
            table="things", projects=visible, columns={"n": q.count()}, start=START, end=END
        )
        assert client.query(select) == store.query(select)
        counts.append(client.query(select).rows[0][0])
    assert 0 == counts[1] < counts[0] < counts[2] == 80
    server.stop()
    store.close()


def test_threads_have_connections_of_their_own(owner: Owner, tmp_path: Path) -> None:
    """Questions at the same time do not mix."""
    client = StoreClient(tmp_path / "s")
    owner.wait = 0.02
    wrong = []

    def check(number: int) -> None:
        for _ in range(5):
            if ask(client, number) != number:
                wrong.append(number)

    threads = [threading.Thread(target=check, args=(number + 20,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_client_that_goes_away_cancels_its_question(owner: Owner, tmp_path: Path) -> None:
    """Only its own; the owner works for nobody in vain."""
    owner.wait = 1.0
    leaving = StoreClient(tmp_path / "s", answer_seconds=0.1)
    staying: list[object] = []
    thread = threading.Thread(target=lambda: staying.append(ask(StoreClient(tmp_path / "s"), 7)))
    thread.start()
    with pytest.raises(StoreUnavailable):
        ask(leaving, 1)
    assert owner.is_cancelled.wait(5)
    thread.join()
    assert staying == [7]
    assert len(owner.cancelled) == 1


def test_a_busy_owner_says_so(tmp_path: Path) -> None:
    """The client can tell it from an owner that is away."""
    store = open_store(tmp_path / "store", questions_at_once=1, question_wait_seconds=0.05)
    server = StoreServer(store, tmp_path / "s")
    server.start()
    client = StoreClient(tmp_path / "s")
    select = Select(projects=EVERYTHING, table="sales", columns={"n": q.count()}, start=0, end=1)
    with store._gate.turn(None, None), pytest.raises(StoreBusy):
        client.query(select)
    assert client.query(select).rows == [[0]]
    server.stop()
    store.abandon()


def test_an_askers_share_is_known_to_the_owner(tmp_path: Path) -> None:
    """The client says on whose behalf it asks; the health check gets through."""
    store = open_store(tmp_path / "store", questions_at_once=2, question_wait_seconds=0.05)
    server = StoreServer(store, tmp_path / "s")
    server.start()
    client = StoreClient(tmp_path / "s")
    select = Select(projects=EVERYTHING, table="sales", columns={"n": q.count()}, start=0, end=1)
    with asking_for("ada"), store._gate.turn(None, None):
        with pytest.raises(StoreBusy, match="your other questions"):
            client.query(select)
        with asking_for("bob"), store._gate.turn(None, None), asking_for(HEALTH):
            assert client.query(select).rows == [[0]]
    server.stop()
    store.abandon()


def test_a_cancelling_that_fails_is_the_last_of_none() -> None:
    """Those who go away later are noticed all the same."""
    watch = Watch()

    def fail() -> None:
        raise RuntimeError("the engine is gone")

    for when_gone in (fail, threading.Event().set):
        called = threading.Event()
        here, there = socket.socketpair()

        def note(then: Callable[[], None] = when_gone, called: threading.Event = called) -> None:
            called.set()
            then()

        with here, watch.over(here, note):
            there.close()
            assert called.wait(10)
