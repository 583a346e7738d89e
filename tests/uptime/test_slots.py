"""When monitors are due."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vedette.probing.result import Outcome
from vedette.uptime import covers
from vedette.uptime.changes import State
from vedette.uptime.judging import Finding, judge
from vedette.uptime.policy import Policy
from vedette.uptime.slots import Slots, Turn, next_slot, offset_of

_NOW = 1_800_000_000.0


class Clocks:
    """A wall that is set, and a steady clock that is not."""

    def __init__(self) -> None:
        self.wall = _NOW
        self.steady = 50.0
        self.slots = Slots()
        self.turns: list[Turn] = []

    def add(self, *monitors: int) -> None:
        """Plan them."""
        for one in monitors:
            self.slots.plan(one, f"monitor {one}", 60, wall=self.wall, steady=self.steady)

    def live(self, seconds: float) -> list[Turn]:
        """Let time go by in steps of a tenth of a second; the turns that came."""
        found: list[Turn] = []
        for _ in range(round(seconds * 10)):
            self.wall += 0.1
            self.steady += 0.1
            taken = self.slots.take(self.steady)
            found += taken
            self.add(*(turn.id for turn in taken))
        return found


@given(st.text(min_size=1), st.integers(10, 3600), st.floats(0, 2e9))
def test_a_slot_is_the_same_on_every_run(key: str, interval: int, now: float) -> None:
    """And the next one is one interval later, however long a run took."""
    slot = next_slot(key, interval, now)
    assert now < slot <= now + interval + 0.01
    assert abs((slot - offset_of(key, interval)) / interval % 1) < 1e-6 or (
        abs((slot - offset_of(key, interval)) / interval % 1 - 1) < 1e-6
    )
    assert abs(next_slot(key, interval, slot + 0.001) - slot - interval) < 0.01


def test_slots_are_spread_over_the_interval() -> None:
    """A thousand monitors: no second of the minute has three times its share."""
    seconds = Counter(int(offset_of(f"monitor {one}", 60)) for one in range(1000))
    assert max(seconds.values()) < 50
    assert len(seconds) == 60


def test_each_is_looked_at_once_a_minute_without_drift() -> None:
    """For an hour."""
    clocks = Clocks()
    clocks.add(*range(20))
    turns = clocks.live(3600)
    assert set(Counter(turn.id for turn in turns).values()) <= {60, 61}
    for one in range(20):
        due = [turn.due for turn in turns if turn.id == one]
        assert all(abs(b - a - 60) < 0.01 for a, b in itertools.pairwise(due))


def test_a_clock_that_is_set_makes_neither_a_burst_nor_a_hole() -> None:
    """An hour forward or back: each is looked at within the next minutes, none twice at once."""
    for step in (3600.0, -3600.0, 17.5):
        clocks = Clocks()
        clocks.add(*range(100))
        clocks.live(120)
        clocks.wall += step
        turns = clocks.live(120)
        assert set(Counter(turn.id for turn in turns)) == set(range(100))
        assert max(Counter(turn.id for turn in turns).values()) <= 3
        assert max(turn.late for turn in turns) < 0.2
        seconds = Counter(int(place) for place in (turn.due for turn in turns))
        assert max(seconds.values()) <= 15


def test_a_process_that_slept_is_late_once_and_goes_on() -> None:
    """Ten minutes: each monitor has one turn that is too late, not ten."""
    clocks = Clocks()
    clocks.add(*range(100))
    clocks.live(60)
    clocks.wall += 600
    clocks.steady += 600
    turns = clocks.live(0.1)
    assert len(turns) == 100
    assert min(turn.late for turn in turns) > 500
    turns = clocks.live(60)
    assert set(Counter(turn.id for turn in turns).values()) <= {1, 2}
    assert max(turn.late for turn in turns) < 0.2


def test_a_retry_comes_before_the_slot() -> None:
    """And replaces it, if the slot is not earlier."""
    slots = Slots()
    slots.plan(1, "a", 60, wall=_NOW, steady=0.0, retry_in=0.5)
    (turn,) = slots.take(1.0)
    assert turn.is_retry
    assert len(slots) == 0
    slots.plan(1, "a", 60, wall=_NOW, steady=0.0)
    slots.plan(1, "a", 60, wall=_NOW, steady=0.0, retry_in=0.0)
    assert [one.id for one in slots.take(0.0)] == [1]
    assert slots.take(1e9) == []


def test_what_is_forgotten_has_no_turn() -> None:
    """It was paused or removed."""
    slots = Slots()
    slots.plan(1, "a", 60, wall=_NOW, steady=0.0)
    slots.forget(1)
    assert slots.wait(0.0) is None
    assert slots.take(1e9) == []


@given(st.floats(0, 60), st.text(min_size=1, max_size=8))
def test_the_worst_detection_takes_at_most_130_seconds(failed_at: float, key: str) -> None:
    """At one minute, with every check running into its time limit."""
    policy, slots, wall = Policy(), Slots(), _NOW
    standing = covers.begin(wall)
    began = wall + 60 + failed_at
    slots.plan(1, key, policy.interval, wall=wall, steady=wall)
    while standing.shown is not State.DOWN:
        wall += (slots.wait(wall) or 0.0) + 0.001
        (turn,) = slots.take(wall)
        has_failed = wall + policy.timeout >= began
        wall += policy.timeout if has_failed else 0.0
        outcome = Outcome.FAIL if has_failed else Outcome.OK
        standing, _ = judge(policy, standing, Finding(due=turn.due, outcome=outcome), now=wall)
        retry = None
        if standing.is_verifying:
            retry = max(turn.due + policy.retry_every - wall, 0.0)
        slots.plan(1, key, policy.interval, wall=wall, steady=wall, retry_in=retry)
    assert wall - began <= 130
