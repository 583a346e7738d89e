"""How a component and a whole page stand, as pure functions of what is known.

The words are Statuspage's, which readers of its JSON know. What nobody knows makes nothing red:
a monitor without an answer counts as it stood last, and is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from vedette.uptime.changes import State


class Condition(StrEnum):
    """How a component stands."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNKNOWN = "unknown"


# The worse later; what is unknown is worse than well and better than any trouble.
BADNESS: Final = {
    Condition.OPERATIONAL: 0,
    Condition.UNKNOWN: 1,
    Condition.UNDER_MAINTENANCE: 2,
    Condition.DEGRADED: 3,
    Condition.PARTIAL_OUTAGE: 4,
    Condition.MAJOR_OUTAGE: 5,
}
BY_HAND: Final = tuple(one for one in Condition if one is not Condition.UNKNOWN)


class Impact(StrEnum):
    """How bad an incident is."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


_IMPACTS: Final = {one: place for place, one in enumerate(Impact)}


class Seen(msgspec.Struct, frozen=True):
    """A monitor: what is shown of it, and what its results said last."""

    shown: State
    measured: State


class Stood(msgspec.Struct, frozen=True):
    """How a component stands; `is_last_known` if a part of it is not known just now."""

    condition: Condition
    is_last_known: bool = False


class Overall(msgspec.Struct, frozen=True):
    """A whole page: Statuspage's indicator, and a sentence."""

    indicator: str
    words: str


def condition_of(seen: Iterable[Seen], said: Sequence[Condition] = ()) -> Stood:
    """The worst of the monitors, and of what incidents and maintenance say.

    Some of several that are down are a partial outage. Paused ones and those without a result
    do not count.
    """
    counted = [one for one in seen if one.shown not in (State.PAUSED, State.NEW)]
    judged = _of_monitors(counted)
    if Condition.UNDER_MAINTENANCE in said:
        return Stood(Condition.UNDER_MAINTENANCE)
    worst = max((judged.condition, *said), key=BADNESS.__getitem__)
    if worst is judged.condition:
        return judged
    return Stood(worst)


def said_by_hand(manual: Condition, said: Sequence[Condition] = ()) -> Stood:
    """A component that nothing watches."""
    if Condition.UNDER_MAINTENANCE in said:
        return Stood(Condition.UNDER_MAINTENANCE)
    return Stood(max((manual, *said), key=BADNESS.__getitem__))


def overall_of(conditions: Sequence[Condition], impacts: Sequence[Impact] = ()) -> Overall:
    """The page in a sentence: its worst component, or its worst incident if that is worse."""
    held = list(conditions)
    worst = max(held, key=BADNESS.__getitem__, default=Condition.OPERATIONAL)
    worst_impact = max(impacts, key=_IMPACTS.__getitem__, default=Impact.NONE)
    found = _of_components(held, worst)
    if _IMPACTS[worst_impact] > _IMPACTS.get(Impact(_as_impact(found.indicator)), 0):
        return Overall(worst_impact.value, _WORDS_OF_IMPACTS[worst_impact])
    return found


def _of_components(held: Sequence[Condition], worst: Condition) -> Overall:
    if worst is Condition.MAJOR_OUTAGE and all(one is worst for one in held):
        return Overall("critical", "Major system outage")
    if worst in (Condition.MAJOR_OUTAGE, Condition.PARTIAL_OUTAGE):
        return Overall("major", "Partial system outage")
    if worst is Condition.DEGRADED:
        return Overall("minor", "Partially degraded service")
    if worst is Condition.UNDER_MAINTENANCE:
        return Overall("maintenance", "Service under maintenance")
    if worst is Condition.UNKNOWN and all(one is worst for one in held):
        return Overall("none", "The state is not known just now")
    return Overall("none", "All systems operational")


def _of_monitors(counted: Sequence[Seen]) -> Stood:
    known = [(_known(one), one.shown is State.UNKNOWN) for one in counted]
    states = [state for state, _ in known if state is not None]
    is_last_known = any(was_held or state is None for state, was_held in known)
    if not states:
        return Stood(Condition.UNKNOWN)
    down = states.count(State.DOWN)
    if down and down == len(states):
        return Stood(Condition.MAJOR_OUTAGE, is_last_known)
    if down:
        return Stood(Condition.PARTIAL_OUTAGE, is_last_known)
    for state, condition in (
        (State.DEGRADED, Condition.DEGRADED),
        (State.MAINTENANCE, Condition.UNDER_MAINTENANCE),
    ):
        if state in states:
            return Stood(condition, is_last_known)
    return Stood(Condition.OPERATIONAL, is_last_known)


def _known(one: Seen) -> State | None:
    """What counts of a monitor; None where nothing was ever known."""
    if one.shown is not State.UNKNOWN:
        return one.shown
    return one.measured if one.measured in (State.UP, State.DEGRADED, State.DOWN) else None


def _as_impact(indicator: str) -> str:
    return Impact.NONE if indicator == "maintenance" else indicator


_WORDS_OF_IMPACTS: Final = {
    Impact.NONE: "All systems operational",
    Impact.MINOR: "Minor incident",
    Impact.MAJOR: "Major incident",
    Impact.CRITICAL: "Critical incident",
}
