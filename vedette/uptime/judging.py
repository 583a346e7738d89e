"""Judging one result: the state machine of a monitor.

    up|degraded --fail--> verifying                     asked again soon; shown as before
    verifying   --fail_after fails--> down              since the first of them was due
    down        --recover_after others--> up            since the first of them was due
    up          --slow.after slow ones--> degraded --clear_after quick ones--> up
    up|degraded --window.fails of the last window.of--> down
    four changes in twenty results: flapping, the bad state is held until ten bring no change

A result that says nothing (`unknown`) moves no counter.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.probing.result import Outcome
from vedette.uptime.changes import BADNESS, Change, ChangeKind, State
from vedette.uptime.policy import Policy
from vedette.uptime.showing import shown
from vedette.uptime.standing import MOST_HISTORY, Standing

FLAPPING_CHANGES: Final = 4
FLAPPING_RESULTS: Final = 20
QUIET_RESULTS: Final = 10
_CLOCKS_DIFFER: Final = 60.0


class Finding(msgspec.Struct, frozen=True):
    """What judging has to know of a result.

    `due` is its slot or the time of its retry. Timings of a busy prober are not reliable: by
    them nothing is slow. Where the prober has just started, nobody is told until `hold_until`
    of what is bad since. `is_misconfigured`: the settings are at fault, so nothing is known.
    """

    due: float
    outcome: Outcome
    ms: float = 0.0
    is_reliable: bool = True
    hold_until: float = 0.0
    is_misconfigured: bool = False


def judge(
    policy: Policy, standing: Standing, finding: Finding, *, now: float
) -> tuple[Standing, list[Change]]:
    """How it stands after the result, and what has changed.

    A result that was due before the last one that was judged changes nothing, unless that one
    lies in what is the future now: then the clock was set back.
    """
    made, changes = _judge(policy, standing, finding, now)
    if made is standing or made.is_misconfigured is finding.is_misconfigured:
        return made, changes
    kind = ChangeKind.MISCONFIGURED if finding.is_misconfigured else ChangeKind.CONFIGURED
    flag = Change(kind=kind, at=finding.due, before=made.shown, after=made.shown)
    return made.changed(is_misconfigured=finding.is_misconfigured), [*changes, flag]


def _judge(
    policy: Policy, standing: Standing, finding: Finding, now: float
) -> tuple[Standing, list[Change]]:
    if finding.due <= standing.judged_at <= now + _CLOCKS_DIFFER or standing.is_paused:
        return standing, []
    if finding.outcome is Outcome.UNKNOWN:
        made, changes = stall(policy, standing, finding.due)
        return made.changed(judged_at=finding.due), changes
    made, changes = _known_again(policy, standing, finding)
    before = made
    made = made.changed(
        judged_at=finding.due,
        known_at=finding.due,
        hold_until=_held_until(made, finding),
        fresh=min(made.fresh + 1, MOST_HISTORY),
    )
    target, at = _step(policy, made, finding)
    _note(made, finding, target)
    flag = _flap(made, target, before.measured)
    made.raw = target
    made, found = shown(before, made, at, flag)
    return made, [*changes, *found]


def _held_until(before: Standing, finding: Finding) -> float:
    """What was bad before the prober started is not held back by that: it may start often."""
    if before.raw.is_bad:
        return min(before.hold_until, finding.hold_until)
    return finding.hold_until


def stall(policy: Policy, standing: Standing, now: float) -> tuple[Standing, list[Change]]:
    """Nothing is known any more if no result has said anything for three intervals."""
    is_due = standing.known_at and now - standing.known_at >= policy.stalled_after
    if not is_due or standing.is_stalled or standing.is_paused:
        return standing, []
    at = max(standing.known_at + policy.interval, standing.since)
    return shown(standing, standing.changed(is_stalled=True), at, ChangeKind.UNKNOWN)


def _known_again(
    policy: Policy, standing: Standing, finding: Finding
) -> tuple[Standing, list[Change]]:
    """After a gap what was counted is no row; the gap itself is a time of nothing known."""
    gap = finding.due - standing.known_at
    if not standing.known_at or (gap < policy.stalled_after and not standing.is_stalled):
        return standing, []
    made, changes = stall(policy, standing, finding.due)
    again = made.changed(is_stalled=False, fails=0, oks=0, slows=0, quicks=0)
    if not made.is_stalled:
        return again, changes
    again, found = shown(made, again, finding.due, ChangeKind.KNOWN)
    return again, [*changes, *found]


def _step(policy: Policy, made: Standing, finding: Finding) -> tuple[State, float]:
    """Count the result; the state that follows, and since when it is so."""
    if finding.outcome is Outcome.FAIL:
        return _failed(policy, made, finding)
    made.fails = 0
    _count_pace(policy, made, finding)
    made.oks += 1
    if made.oks == 1:
        made.ok_at = finding.due
    if made.raw is State.DOWN:
        return _recovering(policy, made)
    after = policy.slow.after if policy.slow else policy.fail_after
    if made.raw is State.DEGRADED:
        clear = policy.slow.clear_after if policy.slow else policy.recover_after
        is_well = made.quicks >= clear
        return (State.UP if is_well else State.DEGRADED), finding.due
    is_slow = made.slows >= after
    return (State.DEGRADED, made.slow_at) if is_slow else (State.UP, finding.due)


def _failed(policy: Policy, made: Standing, finding: Finding) -> tuple[State, float]:
    made.fails += 1
    made.oks = made.slows = made.quicks = 0
    if made.fails == 1:
        made.failed_at = finding.due
    if made.raw is State.DOWN or made.fails >= policy.fail_after:
        return State.DOWN, made.failed_at
    window = policy.window
    if window is not None:
        recent = made.history[-(min(window.of, made.fresh) - 1) :] if made.fresh > 1 else ""
        if recent.lower().count("f") + 1 >= window.fails:
            return State.DOWN, finding.due
    return made.raw, finding.due


def _recovering(policy: Policy, made: Standing) -> tuple[State, float]:
    if made.oks < policy.recover_after:
        return State.DOWN, made.ok_at
    made.fresh = 0
    return (State.DEGRADED if made.slows >= made.oks else State.UP), made.ok_at


def _count_pace(policy: Policy, made: Standing, finding: Finding) -> None:
    """Slow ones and quick ones in a row; between the two limits it is neither."""
    slow = policy.slow
    if finding.outcome is Outcome.DEGRADED:
        is_slow, is_quick = True, False
    elif slow is None:
        is_slow, is_quick = False, True
    elif not finding.is_reliable:
        return
    else:
        is_slow, is_quick = finding.ms > slow.ms, finding.ms < slow.clear_ms
    made.slows = made.slows + 1 if is_slow else 0
    made.quicks = made.quicks + 1 if is_quick else 0
    if made.slows == 1:
        made.slow_at = finding.due


def _note(made: Standing, finding: Finding, target: State) -> None:
    letter = "f" if finding.outcome is Outcome.FAIL else "s" if made.slows else "o"
    is_change = target is not made.raw and made.raw is not State.NEW and not made.in_maintenance
    made.history = (made.history + (letter.upper() if is_change else letter))[-MOST_HISTORY:]


def _flap(made: Standing, target: State, before: State) -> ChangeKind | None:
    """Whether it begins or ends to flap; what is held meanwhile."""
    if made.is_flapping:
        if _changes(made.history[-QUIET_RESULTS:]) == 0:
            made.is_flapping, made.held = False, None
            return ChangeKind.SETTLED
        made.held = max(made.held or target, target, key=BADNESS.__getitem__)
    elif _changes(made.history[-FLAPPING_RESULTS:]) >= FLAPPING_CHANGES:
        made.is_flapping = True
        made.held = max(before, target, key=BADNESS.__getitem__)
        return ChangeKind.FLAPPING
    return None


def _changes(letters: str) -> int:
    return sum(map(str.isupper, letters))
