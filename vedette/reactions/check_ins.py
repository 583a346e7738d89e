"""Check-ins of jobs, and the time that passes without any, change how jobs stand."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.items._check_ins import CheckInSeen, TimeHasPassed
from vedette.monitors.jobs.hearing import take_check_ins, take_time
from vedette.reactions import Reaction


def react(facts: Sequence[CheckInSeen | TimeHasPassed]) -> Sequence[Fact]:
    """What follows for alerts. Check-ins come first: they fill what would be missed."""
    heard = [fact for fact in facts if isinstance(fact, CheckInSeen)]
    passed = [fact for fact in facts if isinstance(fact, TimeHasPassed)]
    found = take_check_ins(heard) if heard else []
    return [*found, *(take_time(passed) if passed else [])]


REACTION = Reaction(order=42, facts=(CheckInSeen, TimeHasPassed), react=react)
