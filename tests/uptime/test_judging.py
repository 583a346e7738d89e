"""The state machine of a monitor, example by example and by its promises."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.uptime.playing import START, Played
from vedette.probing.result import Outcome
from vedette.uptime import covers
from vedette.uptime.changes import ChangeKind, State
from vedette.uptime.judging import QUIET_RESULTS, Finding
from vedette.uptime.policy import Policy, Slow, Window
from vedette.uptime.standing import read_standing, write_standing

_SLOW = Slow(1000, 3, 800, 3)
_POLICIES = st.builds(
    Policy,
    fail_after=st.integers(1, 5),
    recover_after=st.integers(1, 4),
    slow=st.sampled_from([None, _SLOW]),
    window=st.sampled_from([None, Window(3, 6), Window(5, 10)]),
)
_RESULTS = st.text(alphabet="oosmdffu", max_size=80)


def test_the_first_good_result_brings_a_new_monitor_up() -> None:
    """Nobody has to wait for it."""
    assert Played().plays("o").states == [State.UP]


def test_down_after_three_up_after_two() -> None:
    """Since the first failure was due, and until the first success was."""
    played = Played().plays("offfoo")
    assert played.states[1:] == [State.UP, State.UP, State.DOWN, State.DOWN, State.UP]
    assert played.kinds == [ChangeKind.UP, ChangeKind.DOWN, ChangeKind.UP]
    down, up = played.changes[1:]
    assert down.at == START + 2 * 60
    assert (up.at, up.seconds) == (START + 5 * 60, 180.0)


def test_a_failure_that_is_not_repeated_is_none() -> None:
    """It verifies, and goes back to what it was."""
    played = Played().plays("oof")
    assert played.standing.is_verifying
    played.plays("offo")
    assert not played.standing.is_verifying
    assert played.kinds == [ChangeKind.UP]


def test_slow_with_hysteresis() -> None:
    """Between the two limits it stays what it is."""
    played = Played(Policy(slow=_SLOW)).plays("ossmsss")
    assert played.states[-2:] == [State.UP, State.DEGRADED]
    played.plays("mmmoomooo")
    assert played.states[-2:] == [State.DEGRADED, State.UP]


def test_timings_of_a_busy_prober_make_nothing_slow() -> None:
    """They are its own."""
    played = Played(Policy(slow=_SLOW)).plays("o")
    for number in range(1, 9):
        due = START + 60 + number * 60
        played.sees(Finding(due=due, outcome=Outcome.OK, ms=9000.0, is_reliable=False))
    assert played.standing.shown is State.UP


def test_what_says_that_it_is_degraded_is_so_after_three() -> None:
    """Also without a limit for slow ones; it comes back after two."""
    played = Played().plays("oddd")
    assert played.states[-2:] == [State.UP, State.DEGRADED]
    assert played.plays("oo").states[-2:] == [State.DEGRADED, State.UP]


def test_a_recovery_of_degraded_results_only_is_degraded() -> None:
    """It is not told to be well in between."""
    assert Played().plays("offfdd").states[-1] is State.DEGRADED


def test_a_window_catches_one_of_two_servers() -> None:
    """Never three in a row, and yet three of eight."""
    played = Played(Policy(window=Window(3, 8)))
    assert played.plays("ofofof").states[-1] is State.DOWN
    assert played.plays("oo").states[-1] is State.UP
    assert played.plays("f").states[-1] is State.UP, "what was before the recovery is forgiven"


def test_flapping_holds_the_bad_state_and_ends_after_quiet_results() -> None:
    """One notice in place of ten."""
    played = Played(Policy(fail_after=1, recover_after=1)).plays("ofofofofo")
    assert played.kinds.count(ChangeKind.FLAPPING) == 1
    assert played.standing.is_flapping
    assert played.standing.shown is State.DOWN
    played.plays("o" * QUIET_RESULTS)
    assert played.kinds[-2:] == [ChangeKind.SETTLED, ChangeKind.UP]


def test_a_result_that_was_due_earlier_is_not_judged() -> None:
    """Two nodes, or a spool that is read late."""
    played = Played().plays("o")
    held = played.standing
    played.sees(Finding(due=START, outcome=Outcome.FAIL))
    played.sees(Finding(due=START + 60, outcome=Outcome.FAIL))
    assert played.standing == held


def test_a_clock_that_was_set_back_does_not_silence_a_monitor() -> None:
    """The last result lies in the future then; the next one is judged as usual."""
    played = Played().plays("o")
    played.now -= 3600
    played.plays("fff")
    assert played.standing.shown is State.DOWN
    assert all(change.seconds >= 0 for change in played.changes)


def test_a_clock_that_was_set_forward_makes_nothing_red() -> None:
    """The hour is one of which nothing is known."""
    played = Played().plays("ooff")
    played.now += 3600
    played.plays("f")
    assert played.standing.shown is State.UP
    assert played.kinds[1:] == [ChangeKind.UNKNOWN, ChangeKind.KNOWN]


def test_our_own_downtime_is_a_gap_and_no_failure() -> None:
    """Two failures before it and one after are not three in a row."""
    played = Played().plays("ooff")
    played.now += 600
    assert played.plays("fo").standing.shown is State.UP
    unknown, known = played.changes[1:]
    assert (unknown.after, known.before, known.after) == (State.UNKNOWN, State.UNKNOWN, State.UP)
    assert unknown.at == START + 5 * 60
    assert known.seconds == 600


def test_results_that_say_nothing_for_three_intervals_leave_nothing_known() -> None:
    """The state before comes back with the first result that says something."""
    played = Played().plays("offfuu")
    assert played.standing.shown is State.DOWN
    assert played.plays("u").standing.shown is State.UNKNOWN
    assert played.plays("f").standing.shown is State.DOWN


def test_a_pause_forgets_and_maintenance_does_not() -> None:
    """After maintenance the true state is shown; after a pause nothing is known yet."""
    played = Played().plays("o")
    standing, began = covers.maintain(played.standing, START + 90, is_on=True)
    played.standing = standing
    played.plays("fff")
    assert played.standing.shown is State.MAINTENANCE
    standing, over = covers.maintain(played.standing, START + 300, is_on=False)
    assert [one.kind for one in (*began, *over)] == ["maintenance", "maintenance_over"]
    assert over[0].after is State.DOWN
    standing, _ = covers.pause(standing, START + 400)
    assert standing.shown is State.PAUSED
    standing, resumed = covers.resume(standing, START + 500)
    assert (resumed[0].kind, standing.shown, standing.fails) == ("resumed", State.NEW, 0)


@given(_POLICIES, _RESULTS)
def test_never_down_with_fewer_failures_in_a_row(policy: Policy, letters: str) -> None:
    """But by the window, where so many of the last ones failed."""
    played, row = Played(policy), 0
    fails: list[bool] = []
    for letter in letters:
        before = played.standing.shown
        played.plays(letter)
        if letter == "u":
            continue
        fails.append(letter == "f")
        row = row + 1 if letter == "f" else 0
        if played.standing.shown is State.DOWN and before not in (State.DOWN, State.UNKNOWN):
            window = policy.window
            by_window = window is not None and sum(fails[-window.of :]) >= window.fails
            assert row >= policy.fail_after or by_window


@given(_POLICIES, _RESULTS, st.integers(1, 8))
def test_unknown_moves_nothing(policy: Policy, letters: str, count: int) -> None:
    """Only time, and after three intervals the knowledge."""
    played = Played(policy).plays(letters)
    before = played.standing
    played.plays("u" * count)
    after = played.standing.changed(
        judged_at=before.judged_at, is_stalled=before.is_stalled, since=before.since
    )
    assert after == before
    assert played.standing.shown in (before.shown, State.UNKNOWN)


@given(_POLICIES, _RESULTS)
def test_down_ends_only_with_results_that_did_not_fail(policy: Policy, letters: str) -> None:
    """So many in a row as the policy says."""
    played, row = Played(policy), 0
    for letter in letters:
        before = played.standing.shown
        played.plays(letter)
        row = 0 if letter == "f" else row if letter == "u" else row + 1
        if before is State.DOWN and played.standing.shown in (State.UP, State.DEGRADED):
            assert row >= policy.recover_after


@given(_POLICIES, _RESULTS)
def test_changes_follow_each_other_without_gap_or_overlap(policy: Policy, letters: str) -> None:
    """Each begins with the state in which the last one ended, not before it, and the last is
    what is shown."""
    played = Played(policy).plays(letters)
    state, at = State.NEW, START
    for change in played.changes:
        assert change.at >= at
        if change.before is not change.after:
            assert change.before is state
            assert change.seconds == change.at - at
            state, at = change.after, change.at
    assert (state, at) == (played.standing.shown, played.standing.since)


@given(_POLICIES, _RESULTS)
def test_each_change_has_its_opposite(policy: Policy, letters: str) -> None:
    """Flapping and settled, unknown and known take turns."""
    played = Played(policy).plays(letters)
    for pair in (("flapping", "settled"), ("unknown", "known")):
        found = [kind for kind in played.kinds if kind in pair]
        assert found == [pair[place % 2] for place in range(len(found))]


@given(_POLICIES, _RESULTS)
def test_a_standing_survives_being_kept(policy: Policy, letters: str) -> None:
    """What is read is what was written."""
    standing = Played(policy).plays(letters).standing
    assert read_standing(write_standing(standing)) == standing


def test_noise_makes_no_false_downs() -> None:
    """50 monitors for 30 days, of whose checks one in 200 fails by chance: at most 0.3."""
    source, policy, downs, months = random.Random(7), Policy(), 0, 200  # noqa: S311 - reproducible
    checks = months * 50 * 30 * 1440
    left = float(checks)
    while (left := left - source.expovariate(0.005)) > 0:  # the next check that fails
        letters = ["f", "f" if source.random() < 0.005 else "o"]
        if letters[-1] == "f":  # else it is over
            letters += ["f" if source.random() < 0.005 else "o", "o"]
            downs += State.DOWN in Played(policy).plays(["o", *letters]).states
    assert 0 < downs / months <= 0.3
