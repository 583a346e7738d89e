"""The connections to the metadata that turns share."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from vedette.loops import Loop
from vedette.loops._connections import LentConnections
from vedette.loops._runner import LoopRunner


@pytest.fixture
def lender() -> Iterator[LentConnections]:
    """Connections that are closed after the test."""
    lender = LentConnections()
    yield lender
    lender.close()


def _used(lender: LentConnections) -> Any:
    """The connection that a turn in a thread of its own gets."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_held, lender, threading.Barrier(1)).result()


@pytest.mark.usefixtures("database")
def test_a_turn_gets_the_connection_of_the_one_before(lender: LentConnections) -> None:
    """Whatever thread it is in; a turn meanwhile has another."""
    first = _used(lender)
    assert _used(lender) is first
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: _held(lender, together), range(2))
    assert one is not other


def _held(lender: LentConnections, together: threading.Barrier) -> Any:
    from django.db import connection

    with lender.lent():
        connection.ensure_connection()
        together.wait(5)
        return connection.connection


@pytest.mark.usefixtures("database")
def test_one_within_a_transaction_is_lent_to_nobody(lender: LentConnections) -> None:
    """It may hold a lock that its turn forgot."""

    def turn() -> Any:
        from django.db import connection, transaction

        with lender.lent():
            transaction.atomic().__enter__()
            return connection.connection

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(turn).result()
    assert _used(lender) is not held


@pytest.mark.usefixtures("database")
def test_what_nobody_wants_any_more_is_closed(lender: LentConnections) -> None:
    """After twenty seconds, when another is given back."""
    _used(lender)
    ((_, old),) = lender._free
    lender._free.clear()
    _used(lender)
    lender._free.insert(0, (time.monotonic() - 21, old))
    _used(lender)
    assert old.connection is None
    assert len(lender._free) == 1


@pytest.mark.usefixtures("database")
def test_many_loops_need_few_connections() -> None:
    """One after another they use the same."""
    seen: set[int] = set()
    done = threading.Semaphore(0)

    def look(house: Any) -> None:
        from django.db import connection

        connection.ensure_connection()
        seen.add(id(connection.connection))
        done.release()

    loops = [Loop(name=f"loop {number}", interval_seconds=60, run=look) for number in range(20)]
    runner = LoopRunner(None, loops)  # type: ignore[arg-type]
    runner.start()
    for _ in loops:
        assert done.acquire(timeout=10)
    runner.stop()
    assert len(seen) < len(loops) / 2


@pytest.mark.usefixtures("database")
def test_leases_are_given_back_over_a_connection_that_is_open() -> None:
    """All loops end at once: a server that has twelve connections has none for each of them."""
    from django.db.backends.signals import connection_created

    from vedette.leases.models import Lease

    runner = _leased(20)
    assert Lease.objects.count() == 20
    opened: list[str] = []

    def note(**_: Any) -> None:
        opened.append(threading.current_thread().name)

    connection_created.connect(note)
    try:
        runner.stop()
    finally:
        connection_created.disconnect(note)
    assert not Lease.objects.exists()
    assert len(opened) <= 1


@pytest.mark.usefixtures("database")
def test_where_no_lease_can_be_given_back_it_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs keeps whoever asks for ten seconds, and there are thirty leases."""
    from django.db import OperationalError

    from vedette.leases import taking
    from vedette.leases.models import Lease

    runner = _leased(5)
    tried: list[str] = []

    def hang(name: str) -> None:
        tried.append(name)
        raise OperationalError("timeout")

    monkeypatch.setattr(taking, "give_back", hang)
    runner.stop()
    Lease.objects.all().delete()
    assert len(tried) == 1


def _leased(count: int) -> LoopRunner:
    """So many loops that hold their leases, after their first turns."""
    done = threading.Semaphore(0)

    def turn(house: Any) -> None:
        done.release()

    loops = [
        Loop(name=f"leased {number}", interval_seconds=60, run=turn, needs_lease=True)
        for number in range(count)
    ]
    runner = LoopRunner(None, loops)  # type: ignore[arg-type]
    runner.start()
    for _ in loops:
        assert done.acquire(timeout=10)
    return runner
