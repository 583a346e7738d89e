"""Names are resolved beside the loop, and one that hangs holds nobody else."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from vedette.probing import names
from vedette.probing.names import MOST_SLOW_THREADS, MOST_THREADS, Names


class Resolver:
    """Answers at once but for names that hang until they are let go."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.go_on = threading.Event()

    def __call__(self, host: str) -> list[str]:
        self.asked[host] += 1
        if host.startswith("hanging"):
            self.go_on.wait(30)
            raise OSError("no answer")
        return ["192.0.2.1"]


def test_who_asks_for_one_name_at_once_shares_the_answer() -> None:
    """One question is on its way for a name, however many wait for it."""
    resolver = Resolver()
    held = Names(resolver)
    waiting = [held.find("hanging") for _ in range(100)]
    resolver.go_on.set()
    assert all(isinstance(one.result(10), OSError) for one in waiting)
    assert resolver.asked["hanging"] == 1


def test_an_answer_is_kept_for_seconds_only_and_an_error_not_at_all() -> None:
    """What was found is not asked for again at once."""
    resolver = Resolver()
    resolver.go_on.set()
    held = Names(resolver)
    assert [held.find("a.example").result(10) for _ in range(3)] == [["192.0.2.1"]] * 3
    assert isinstance(held.find("hanging").result(10), OSError)
    assert isinstance(held.find("hanging").result(10), OSError)
    assert resolver.asked == {"a.example": 1, "hanging": 2}
    assert names.KEPT_SECONDS <= 10


def test_names_that_were_slow_leave_threads_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many of them hang again, a name that answers is answered."""
    monkeypatch.setattr(names, "SLOW_SECONDS", 0.0)
    resolver = Resolver()
    resolver.go_on.set()
    held = Names(resolver)
    hanging = [f"hanging-{number}" for number in range(MOST_THREADS * 2)]
    for one in hanging:
        held.find(one).result(10)
    resolver.go_on.clear()
    waiting = [held.find(one) for one in hanging]
    assert held.find("quick.example").result(10) == ["192.0.2.1"]
    assert sum(resolver.asked.values()) <= len(hanging) + MOST_SLOW_THREADS + 1
    resolver.go_on.set()
    assert all(isinstance(one.result(10), OSError) for one in waiting)


def test_names_that_hang_for_the_first_time_are_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A start with many dead names does not keep the others from being resolved."""
    monkeypatch.setattr(names, "SLOW_SECONDS", 0.05)
    resolver = Resolver()
    held = Names(resolver)
    waiting = [held.find(f"hanging-{number}") for number in range(MOST_THREADS)]
    time.sleep(0.1)
    found = [held.find(f"quick-{number}.example") for number in range(30)]
    assert all(one.result(10) == ["192.0.2.1"] for one in found)
    assert not any(one.done() for one in waiting)
    resolver.go_on.set()
    assert all(isinstance(one.result(10), OSError) for one in waiting)
