"""What becomes of k of n others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vedette.uptime.changes import State

_ANSWERS = (State.UP, State.DEGRADED)
_SILENT = (State.NEW, State.UNKNOWN, State.PAUSED, State.MAINTENANCE)


def members_of(settings: Mapping[str, Any]) -> list[str]:
    """The slugs of the others, each once."""
    return list(dict.fromkeys(str(one) for one in settings.get("monitors") or []))


def at_least(settings: Mapping[str, Any]) -> int:
    """How many have to answer: all, if nothing is said."""
    return int(settings.get("at_least") or len(members_of(settings)))


def combine(members: Sequence[State], at_least: int) -> State:
    """Up while at least so many answer and all that are known are well, degraded while enough
    answer, down when even those of which nothing is known could not make it enough; else unknown.

    Members that are paused or in maintenance are expected to be away: they count as unknown,
    and where nothing else is known so does the whole.
    """
    answering = sum(state in _ANSWERS for state in members)
    silent = sum(state in _SILENT for state in members)
    if answering >= at_least:
        is_well = all(state is State.UP or state in _SILENT for state in members)
        return State.UP if is_well else State.DEGRADED
    return State.UNKNOWN if answering + silent >= at_least else State.DOWN
