"""The life of one alert: pending, firing at a level, recovering, over.

One alert changes its level; it is over only when its end is reached and has lasted. Pure: the
times are the ticks', so that the back-test lives through the same.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from vedette.rules.deciding import Decision
from vedette.rules.rule import Level, Rule


class State(StrEnum):
    """Where an alert is in its life."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    OVER = "over"


class Change(StrEnum):
    """What people may have to be told."""

    FIRED = "fired"
    RAISED = "raised"
    LOWERED = "lowered"
    RESOLVED = "resolved"


class Instance(msgspec.Struct, frozen=True):
    """An alert as far as the rule is concerned. Times are seconds since 1970.

    `since` is the beginning of its state.
    """

    state: State
    level: Level
    since: int


def step(
    rule: Rule, held: Instance | None, decision: Decision, now: int
) -> tuple[Instance | None, Change | None]:
    """The alert after a tick, None for none, and what changed that people are told."""
    if held is None:
        return _begin(rule, decision, now)
    if held.state is State.PENDING:
        return _pend(rule, held, decision, now)
    if decision.level is not None:
        return _fire(held, decision.level, now)
    if not decision.is_over:
        return _fire(held, _mildest(rule, held.level, decision), now)
    if held.state is State.FIRING and rule.keep_firing:
        return Instance(State.RECOVERING, held.level, now), None
    if held.state is State.RECOVERING and now - held.since < rule.keep_firing:
        return held, None
    return Instance(State.OVER, held.level, now), Change.RESOLVED


def _begin(rule: Rule, decision: Decision, now: int) -> tuple[Instance | None, Change | None]:
    if decision.level is None:
        return None, None
    if rule.wait:
        return Instance(State.PENDING, decision.level, now), None
    return Instance(State.FIRING, decision.level, now), Change.FIRED


def _pend(
    rule: Rule, held: Instance, decision: Decision, now: int
) -> tuple[Instance | None, Change | None]:
    """What does not last is forgotten without a word."""
    if decision.level is None:
        return None, None
    if now - held.since < rule.wait:
        return Instance(State.PENDING, decision.level, held.since), None
    return Instance(State.FIRING, decision.level, now), Change.FIRED


def _mildest(rule: Rule, level: Level, decision: Decision) -> Level:
    """Between the mildest level and the end it is still at the mildest; without data as it was."""
    return "warning" if decision.has_data and "warning" in rule.levels else level


def _fire(held: Instance, level: Level, now: int) -> tuple[Instance, Change | None]:
    if level == held.level:
        return Instance(State.FIRING, level, held.since), None
    change = Change.RAISED if level == "critical" else Change.LOWERED
    return Instance(State.FIRING, level, now), change
