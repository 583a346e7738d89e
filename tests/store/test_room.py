"""How the turns of the store are shared among askers and organisations."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from vedette.store.errors import StoreBusy
from vedette.store.room import Room

SECONDS = 20.0


class Line:
    """Threads that ask for a place, one after the other, and note who got one."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.entered: list[str] = []
        self.refused: list[str] = []
        self._threads: list[threading.Thread] = []

    def join(self, name: str) -> None:
        """One more in the line; returns when it stands there."""
        standing = self._room.waiting(name)
        thread = threading.Thread(target=self._ask, args=(name,))
        thread.start()
        self._threads.append(thread)
        while self._room.waiting(name) == standing and thread.is_alive():
            pass

    def end(self) -> None:
        """Until everybody has had a place or a refusal."""
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive()

    def _ask(self, name: str) -> None:
        try:
            with self._room.place(name):
                self.entered.append(name)
        except StoreBusy as error:
            self.refused.append(f"{name}: {error}")


def test_several_accounts_of_an_organisation_leave_a_place() -> None:
    """Each within its own share; together they do not take all there is."""
    room = Room(4, 0, line=6, own_line=4)
    with room.place("lantern/1"), room.place("lantern/1"), room.place("lantern/2"):
        with pytest.raises(StoreBusy, match="of your organisation"), room.place("lantern/3"):
            pass
        with room.place("other/4"):
            pass
        with room.place(""):
            pass


def test_a_free_place_goes_to_the_organisation_with_the_fewest() -> None:
    """Not to the one that came first."""
    room = Room(4, SECONDS, line=6, own_line=4)
    line = Line(room)
    with ExitStack() as last, ExitStack() as first:
        for name in ("lantern/1", "lantern/2"):
            last.enter_context(room.place(name))
        last.enter_context(room.place("other/1"))
        first.enter_context(room.place(""))
        for name in ("lantern/3", "other/2", "third/1"):
            line.join(name)
        first.close()
        while len(line.entered) < 3:
            pass
    line.end()
    assert line.entered == ["third/1", "other/2", "lantern/3"]


def test_a_full_line_makes_room_for_an_organisation_that_has_fewer_in_it() -> None:
    """The last of the longest is told that the store is busy; others of its own are not let in."""
    room = Room(2, SECONDS, line=3, own_line=2)
    line = Line(room)
    with room.place("lantern/1"), room.place(""):
        for number in range(3):
            line.join(f"lantern/{number}")
        with pytest.raises(StoreBusy, match="of your organisation"), room.place("lantern/9"):
            pass
        line.join("other/1")
        while not line.refused:
            pass
    line.end()
    assert [words.partition(":")[0] for words in line.refused] == ["lantern/2"]
    assert sorted(line.entered) == ["lantern/0", "lantern/1", "other/1"]


def test_a_wait_has_an_end() -> None:
    """Then the words say whose questions are in the way."""
    room = Room(2, 0, line=6, own_line=4)
    with room.place("lantern/1"):
        with pytest.raises(StoreBusy, match="your other questions"), room.place("lantern/1"):
            pass
        with (
            room.place("other/1"),
            pytest.raises(StoreBusy, match="with other questions"),
            room.place("third/1"),
        ):
            pass


def test_who_wants_to_be_alone_is_that_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait for less time than they would in the line; then they are let in beside."""
    monkeypatch.setattr("vedette.store.room._ALONE_SECONDS", 0.2)
    room = Room(4, SECONDS, line=6, own_line=4)
    line = Line(room)
    with room.place("lantern/1"), room.alone("lantern/1"):
        line.join("other/2")
        assert line.entered == []
        line.end()
        assert line.entered == ["other/2"]


def test_two_who_want_to_be_alone_take_turns() -> None:
    """Neither waits for the other to go; who wants it no more stands in nobody's way."""
    room = Room(4, SECONDS, line=6, own_line=4)
    order: list[str] = []

    def ask() -> None:
        with room.place("other/2"), room.alone("other/2"):
            order.append("second")

    second = threading.Thread(target=ask)
    with room.place("lantern/1"):
        with (
            room.place("lantern/2"),
            pytest.raises(ValueError, match="gone"),
            room.alone("lantern/2", _gone),
        ):
            pass
        with room.place("lantern/2"):
            second.start()
            while room.at_work() < 3:
                pass
        with room.alone("lantern/1"):
            order.append("first")
        second.join(SECONDS)
    assert sorted(order) == ["first", "second"]
    with room.place("third/3"):
        pass


def test_nobody_keeps_the_others_out_again_and_again() -> None:
    """Who was alone is not again for three times as long; others may be, and the system itself."""
    room = Room(4, SECONDS, line=6, own_line=4)
    with room.place("lantern/1"):
        with room.alone("lantern/1"):
            time.sleep(0.05)
        with pytest.raises(StoreBusy, match="memory"), room.alone("lantern/1"):
            pass
        for other in ("other/2", "", ""):
            with room.alone(other):
                pass
        time.sleep(0.2)
        with room.alone("lantern/1"):
            pass


def _gone() -> None:
    raise ValueError("gone")
