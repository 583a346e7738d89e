"""What checks come to: standings, intervals, events and further facts, in one transaction with
the spool position, so that nothing is lost or doubled by a kill."""

from __future__ import annotations

from collections.abc import Sequence

from vedette import clock
from vedette.facts import Fact
from vedette.monitors.composing import compose
from vedette.monitors.sitting import Because, Held, Sitting
from vedette.monitors.windows import Spans
from vedette.monitors.writing import Last
from vedette.probing.result import Outcome
from vedette.uptime import covers
from vedette.uptime.facts import MonitorChecked
from vedette.uptime.judging import Finding, judge


def react(facts: Sequence[MonitorChecked]) -> Sequence[Fact]:
    """Judge each check, in the order in which they came."""
    if not facts:
        return ()
    sitting = Sitting(clock.timestamp())
    maintained = [
        one.standing.since
        for one in sitting.hold({fact.monitor_id for fact in facts}, "")
        if one.standing.in_maintenance
    ]
    since = min(*maintained, *(fact.due for fact in facts), sitting.now)
    maintenance = Spans({fact.project_id for fact in facts}, since, sitting.now)
    for fact in facts:
        held = sitting.get(fact.monitor_id)
        if held is not None and held.monitor.project_id == fact.project_id:
            _maintain(sitting, held, maintenance, fact.due)
            _take(sitting, held, fact)
    compose(sitting)
    return sitting.finish()


def _maintain(sitting: Sitting, held: Held, maintenance: Spans, due: float) -> None:
    """Maintenance that began, or ended, before this was judged holds for what was due in it, as it
    does where the clock begins and ends it; what the clock has ended does not begin again."""
    standing, monitor_id = held.standing, held.monitor.id
    if standing.is_paused or due <= standing.judged_at:
        return
    if not standing.in_maintenance:
        begun = maintenance.on(monitor_id, due, standing.since)
        at = begun[0] if begun is not None else None
    else:
        at = maintenance.ended(monitor_id, due)
    if at is not None:
        made, changes = covers.maintain(standing, at, is_on=not standing.in_maintenance)
        sitting.apply(held, made, changes, Because("maintenance"))


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
