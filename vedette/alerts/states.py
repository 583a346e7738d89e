"""Rules about the states of monitors and jobs: an alert while it is so, over when it is not.

What makes a monitor down, and whether people are to hear of it, is decided before
(`vedette.uptime`); here it becomes an alert like any other, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from vedette import clock
from vedette.alerts.counters import write_key
from vedette.alerts.models import Alert, AlertState, Severity
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.monitors.models import Monitor
from vedette.projects.models import Project
from vedette.rules.counting import condition_of
from vedette.store.rowwise import Predicate, predicate
from vedette.uptime.facts import MonitorTold

_TITLE = 400
_LASTING: Mapping[str, frozenset[str]] = {  # what a rule waits for → the states in which it lasts
    "down": frozenset(("down",)),
    "missed": frozenset(("down",)),
    "degraded": frozenset(("degraded", "down")),
}
_MISSED = "missed"


def react(facts: Sequence[MonitorTold]) -> None:
    """Begin and end the alerts of what these say."""
    if not facts:
        return
    moment = clock.now()
    tidings = Tidings(moment)
    waiting = Waiting()
    monitors = _monitors({fact.monitor_id for fact in facts})
    for fact in facts:
        monitor = monitors.get(fact.monitor_id)
        if monitor is None:
            continue
        _end(fact, monitor, moment, tidings)
        mine = waiting.for_this(fact, monitor)
        begun = [begin(live, fact, monitor, moment, tidings) for live in mine]
        if fact.is_another_cause and not any(begun):
            _say_cause(fact, monitor, moment, tidings)
    tidings.finish()


def seen_by_filters(monitor: Monitor, environment: str, state: str, reason: str) -> dict[str, Any]:
    """A monitor as the search of a rule sees it: a row of the checks, with the monitor's tags."""
    return {
        "project_id": monitor.project_id,
        "monitor_id": monitor.pk,
        "monitor": monitor.slug,
        "kind": monitor.kind,
        "environment": environment or monitor.environment,
        "outcome": "degraded" if state == "degraded" else "fail",
        "reason": reason,
        "tags": dict(monitor.tags or {}),
    }


def _monitors(ids: Iterable[int]) -> dict[int, Monitor]:
    return Monitor.objects.select_related("project").in_bulk(list(ids))


class Waiting:
    """The rules about states, each with its filter made ready once for many monitors."""

    def __init__(self) -> None:
        self._rules: dict[int, list[tuple[LiveRule, Predicate]]] = defaultdict(list)
        for live in live_rules():
            if live.rule.measure == "state":
                fits = predicate(condition_of(live.rule))
                self._rules[live.project_id].append((live, fits))

    @property
    def projects(self) -> list[int]:
        """Those that have any."""
        return list(self._rules)

    def for_this(self, fact: MonitorTold, monitor: Monitor) -> list[LiveRule]:
        """The rules that wait for this."""
        rules = self._rules.get(monitor.project_id, ())
        row = seen_by_filters(monitor, fact.environment, fact.state, fact.reason)
        return [live for live, fits in rules if _is_awaited(live, fact) and fits(row)]


def _is_awaited(live: LiveRule, fact: MonitorTold) -> bool:
    to = live.rule.options.to
    if to == _MISSED and fact.reason != _MISSED:
        return False
    return fact.state == ("down" if to == _MISSED else to)


def begin(
    live: LiveRule, fact: MonitorTold, monitor: Monitor, moment: datetime, tidings: Tidings
) -> bool:
    """A new alert, unless one of this rule is open for it; whether it is one."""
    key = key_of(fact)
    if Alert.objects.filter(rule_id=live.id, key=key).exclude(state=AlertState.OVER).exists():
        return False
    began = min(datetime.fromtimestamp(fact.since, UTC), moment)
    alert = Alert.objects.create(
        rule_id=live.id,
        project_id=live.project_id,
        key=key,
        labels=_labels(live, fact, monitor),
        title=_title(fact, monitor),
        level=_level(live, monitor),
        state=AlertState.FIRING,
        began_at=began,
        fired_at=moment,
        since=moment,
        evidence={
            "monitor": monitor.pk,
            "environment": fact.environment,
            "reason": fact.reason,
            "text": fact.text,
            "found": fact.evidence,
            "query": live.rule.filter,
            "runbook": monitor.runbook,
        },
    )
    tidings.note(alert, "fired", is_snoozed=live.is_snoozed, text=fact.text)
    return True


def _say_cause(fact: MonitorTold, monitor: Monitor, moment: datetime, tidings: Tidings) -> None:
    """What is down already is so by something else now: said with the alert that there is."""
    held = Alert.objects.filter(project_id=monitor.project_id, key=key_of(fact))
    held = held.filter(rule__body__source="monitor", rule__is_enabled=True)
    alert = held.exclude(state=AlertState.OVER).select_related("rule__project", "project").first()
    if alert is None:
        return
    alert.title = _title(fact, monitor)
    alert.evidence = {**alert.evidence, "reason": fact.reason, "text": fact.text}
    alert.since = moment
    alert.save(update_fields=["title", "evidence", "since"])
    until = alert.rule.snoozed_until
    tidings.note(alert, "again", is_snoozed=until is not None and until > moment, text=fact.text)


def _end(fact: MonitorTold, monitor: Monitor, moment: datetime, tidings: Tidings) -> None:
    """End the alerts of states that it is no longer in, whatever has become of their rules."""
    held = Alert.objects.filter(project_id=monitor.project_id, key=key_of(fact))
    held = held.filter(rule__body__source="monitor").exclude(state=AlertState.OVER)
    for alert in held.select_related("rule__project", "project"):
        measure = alert.rule.body.get("measure")
        to = measure.get("state", "down") if isinstance(measure, dict) else "down"
        if fact.state in _LASTING.get(str(to), frozenset()):
            continue
        alert.state, alert.over_at, alert.since = AlertState.OVER, moment, moment
        alert.save(update_fields=["state", "over_at", "since"])
        tidings.note(alert, "resolved", text=fact.text)


def key_of(fact: MonitorTold) -> str:
    """The key of the alerts about a monitor in an environment."""
    return write_key((str(fact.monitor_id), fact.environment))


def _level(live: LiveRule, monitor: Monitor) -> str:
    """The rule's, but what is only worth a warning is never more."""
    if monitor.severity == Severity.WARNING:
        return str(Severity.WARNING)
    return next(iter(live.rule.levels))


def _labels(live: LiveRule, fact: MonitorTold, monitor: Monitor) -> dict[str, str]:
    project: Project = monitor.project
    tags = {str(name): str(value) for name, value in (monitor.tags or {}).items()}
    own = {
        "rule": live.slug,
        "project": project.slug,
        "monitor": monitor.slug,
        "kind": monitor.kind,
        "environment": fact.environment or monitor.environment,
        "reason": fact.reason,
    }
    return {**tags, **live.labels, **{name: value for name, value in own.items() if value}}


def _title(fact: MonitorTold, monitor: Monitor) -> str:
    place = f" in {fact.environment}" if fact.environment else ""
    said = "missed" if fact.reason == _MISSED else f"is {fact.state}"
    why = f": {fact.text}" if fact.text else ""
    return f"{monitor.name} {said}{place}{why}"[:_TITLE]
