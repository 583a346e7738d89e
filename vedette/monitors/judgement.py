"""What checks come to: standings, intervals, events and further facts, in one transaction with
the spool position, so that nothing is lost or doubled by a kill."""

from __future__ import annotations

from collections.abc import Sequence

from vedette import clock
from vedette.facts import Fact
from vedette.monitors.composing import compose
from vedette.monitors.sitting import Because, Held, Sitting
from vedette.monitors.writing import Last
from vedette.probing.result import Outcome
from vedette.uptime.facts import MonitorChecked
from vedette.uptime.judging import Finding, judge


def react(facts: Sequence[MonitorChecked]) -> Sequence[Fact]:
    """Judge each check, in the order in which they came."""
    sitting = Sitting(clock.timestamp())
    sitting.hold({fact.monitor_id for fact in facts}, "")
    for fact in facts:
        held = sitting.get(fact.monitor_id)
        if held is not None and held.monitor.project_id == fact.project_id:
            _take(sitting, held, fact)
    compose(sitting)
    return sitting.finish()


def _take(sitting: Sitting, held: Held, fact: MonitorChecked) -> None:
    finding = Finding(
        due=fact.due,
        outcome=Outcome(fact.outcome),
        ms=fact.ms,
        is_reliable=fact.is_reliable,
        hold_until=fact.hold_until,
        is_misconfigured=fact.reason == "config_error",
    )
    standing, changes = judge(held.monitor.policy, held.standing, finding, now=sitting.now)
    if standing is held.standing:
        return  # due before the last one, or paused meanwhile
    is_known = finding.outcome is not Outcome.UNKNOWN
    held.last = Last(
        at=fact.due,
        outcome=fact.outcome,
        reason=fact.reason,
        text=fact.text,
        ms=fact.ms if is_known else None,
        status=fact.status,
    )
    because = Because(fact.reason, fact.text, fact.evidence) if changes else Because()
    sitting.apply(held, standing, changes, because)
