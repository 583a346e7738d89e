"""Whom a bad state concerns: what depends on what, and the first seconds after a start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.uptime.playing import START, Played
from vedette.probing.result import Outcome
from vedette.uptime import covers
from vedette.uptime.changes import State
from vedette.uptime.dependencies import finds_cycle
from vedette.uptime.judging import Finding
from vedette.uptime.policy import Policy
from vedette.uptime.standing import Standing
from vedette.uptime.telling import Told, tell

_POLICY = Policy()


def _tell(
    standing: Standing, now: float, blocked_by: int | None = None
) -> tuple[Standing, Told | None]:
    made, _, told = tell(_POLICY, standing, now, blocked_by=blocked_by)
    return made, told


def test_down_and_its_end_are_told_once() -> None:
    """However often it is asked."""
    standing, told = _tell(Played().plays("offf").standing, START + 300)
    assert told is not None
    assert told.state is State.DOWN
    assert told.at == START + 120
    standing, told = _tell(standing, START + 310)
    assert told is None
    well = Played().plays("o").standing.changed(told=standing.told)
    well, told = _tell(well, START + 400)
    assert told is not None
    assert told.state is State.UP
    assert _tell(well, START + 500)[1] is None


def test_what_fails_with_what_it_depends_on_is_not_told() -> None:
    """Neither its end, if it comes back with it."""
    standing, told = _tell(Played().plays("offf").standing, START + 300, blocked_by=7)
    assert (told, standing.suppressed_by) == (None, 7)
    well, told = _tell(
        Played().plays("o").standing.changed(suppressed_by=standing.suppressed_by), START + 400
    )
    assert (told, well.suppressed_by) == (None, None)


def test_what_is_still_down_one_interval_later_is_told() -> None:
    """After the recovery of what it depends on; a new failure of that begins anew."""
    standing, _ = _tell(Played().plays("offf").standing, START + 300, blocked_by=7)
    standing, told = _tell(standing, START + 400)
    assert told is None
    standing, told = _tell(standing, START + 450, blocked_by=7)
    standing, told = _tell(standing, START + 500)
    assert told is None
    standing, told = _tell(standing, START + 559)
    assert told is None
    standing, told = _tell(standing, START + 560)
    assert told is not None
    assert standing.suppressed_by is None


def test_nobody_is_told_right_after_a_start() -> None:
    """What was told before stays told; what is still down then is told."""
    standing = Played().plays("offf").standing.changed(hold_until=START + 400)
    standing, told = _tell(standing, START + 399)
    assert told is None
    assert _tell(standing, START + 400)[1] is not None
    known = standing.changed(told=State.DEGRADED)
    assert _tell(known, START + 399)[1] is not None


def test_a_prober_that_starts_again_and_again_keeps_nothing_from_being_told() -> None:
    """What was bad before a start waits for the hold of the first one alone."""
    played = Played().plays("o")
    policy = played.policy
    first = played.now + policy.hold
    for number in range(10):
        played.now += 20.0
        held = first if number < 3 else played.now + policy.hold
        finding = Finding(due=played.now, outcome=Outcome.FAIL, hold_until=held)
        played.sees(finding)
    assert played.standing.hold_until == first
    assert _tell(played.standing, played.now)[1] is not None
    played.plays("ooo")
    later = Finding(due=played.now + 20, outcome=Outcome.FAIL, hold_until=played.now + 50)
    played.sees(later)
    assert played.standing.hold_until == later.hold_until, "what is bad since a start is held back"


def test_maintenance_is_told_at_its_end_if_it_is_bad() -> None:
    """And never while it lasts."""
    standing, _ = covers.maintain(Played().plays("o").standing, START + 90, is_on=True)
    played = Played()
    played.standing, played.now = standing, START + 100
    played.plays("fff")
    assert _tell(played.standing, START + 400)[1] is None
    after, _ = covers.maintain(played.standing, START + 500, is_on=False)
    assert _tell(after, START + 500)[1] is not None


def test_worse_is_told_and_better_too() -> None:
    """Degraded, then down, then degraded again."""
    standing = Played().plays("offf").standing.changed(told=State.DEGRADED)
    standing, told = _tell(standing, START + 300)
    assert told is not None
    assert told.state is State.DOWN
    degraded = Played().plays("oddd").standing.changed(told=State.DOWN)
    told = _tell(degraded, START + 300)[1]
    assert told is not None
    assert told.state is State.DEGRADED


@given(st.text(alphabet="offffoobrrt", max_size=60))
def test_every_end_that_is_told_had_a_beginning(play: str) -> None:
    """Bad and well take turns in what people hear, whatever happens; b and r: what it depends on
    fails and recovers, t: time goes by."""
    played, blocked, heard = Played().plays("o"), None, []
    for one in play:
        if one in "of":
            played.plays(one)
        elif one in "br":
            blocked = 7 if one == "b" else None
        else:
            played.now += 20
        played.standing, told = _tell(played.standing, played.now, blocked)
        if told is not None:
            heard.append(told.state)
    assert heard == [(State.DOWN, State.UP)[place % 2] for place in range(len(heard))]


def test_nothing_depends_on_itself() -> None:
    """By whatever detour; the way is named."""
    edges = {1: [2], 2: [3], 4: [1]}
    assert finds_cycle(edges, 3, [1]) == [3, 1, 2, 3]
    assert finds_cycle(edges, 3, [3]) == [3, 3]
    assert finds_cycle(edges, 4, [1, 2, 3]) == []
