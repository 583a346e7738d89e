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
from vedette.alerts.models import Alert, AlertRule, AlertState, Severity
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.monitors.models import Monitor
from vedette.projects.models import Project
from vedette.rules.counting import condition_of
from vedette.store.rowwise import Predicate, predicate
from vedette.uptime.facts import MonitorTold

_TITLE = 400
_AT_ONCE = 500
_LASTING: Mapping[str, frozenset[str]] = {  # what a rule waits for → the states in which it lasts
    "down": frozenset(("down",)),
    "missed": frozenset(("down",)),
    "degraded": frozenset(("degraded", "down")),
}
_MISSED = "missed"


def react(facts: Sequence[MonitorTold]) -> None:
    """Begin and end the alerts of what these say, in statements for many: thousands of monitors
    may be down at once."""
    if not facts:
        return
    moment = clock.now()
    tidings = Tidings(moment)
    waiting = Waiting()
    monitors = _monitors({fact.monitor_id for fact in facts})
    known = _open_alerts(facts)
    ended: list[Alert] = []
    begun: list[Alert] = []
    for fact in facts:
        monitor = monitors.get(fact.monitor_id)
        if monitor is None:
            continue
        held = known[fact.project_id, key_of(fact)]
        over = [alert for alert in held if not _lasts(alert, fact)]
        _end(over, fact, moment, tidings)
        ended += over
        held[:] = [alert for alert in held if alert not in over]
        new = _begin_missing(held, waiting, fact, monitor, moment=moment, tidings=tidings)
        if fact.is_another_cause and not new:
            _say_cause(held, fact, monitor, moment, tidings)
        held += new
        begun += new
    _write_ends(ended, moment)
    Alert.objects.bulk_create(begun)
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
        self._rows: dict[int, AlertRule] = {}
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

    def row(self, live: LiveRule) -> AlertRule:
        """The rule with its project, read once."""
        if live.id not in self._rows:
            rows = AlertRule.objects.select_related("project")
            self._rows[live.id] = rows.get(pk=live.id)
        return self._rows[live.id]


def _is_awaited(live: LiveRule, fact: MonitorTold) -> bool:
    to = live.rule.options.to
    if to == _MISSED and fact.reason != _MISSED:
        return False
    return fact.state == ("down" if to == _MISSED else to)


def _open_alerts(facts: Sequence[MonitorTold]) -> dict[tuple[int, str], list[Alert]]:
    """What is open about these monitors, by project and key, with rules and projects."""
    keys: dict[int, list[str]] = defaultdict(list)
    for project_id, key in dict.fromkeys((fact.project_id, key_of(fact)) for fact in facts):
        keys[project_id].append(key)
    found: dict[tuple[int, str], list[Alert]] = defaultdict(list)
    rows = Alert.objects.filter(rule__body__source="monitor").exclude(state=AlertState.OVER)
    rows = rows.select_related("rule__project", "project").order_by("pk")
    for project_id, mine in keys.items():
        for at in range(0, len(mine), _AT_ONCE):
            for alert in rows.filter(project_id=project_id, key__in=mine[at : at + _AT_ONCE]):
                found[project_id, alert.key].append(alert)
    return found


def _begin_missing(
    held: Sequence[Alert],
    waiting: Waiting,
    fact: MonitorTold,
    monitor: Monitor,
    *,
    moment: datetime,
    tidings: Tidings,
) -> list[Alert]:
    """New alerts of the rules that wait for this and have none open; they are not saved yet."""
    has = {alert.rule_id for alert in held}
    new = []
    for live in waiting.for_this(fact, monitor):
        if live.id in has:
            continue
        alert = alert_of(live, waiting.row(live), fact, monitor, moment)
        tidings.note(alert, "fired", is_snoozed=live.is_snoozed, text=fact.text)
        new.append(alert)
    return new


def alert_of(
    live: LiveRule, rule: AlertRule, fact: MonitorTold, monitor: Monitor, moment: datetime
) -> Alert:
    """A new alert that fires; it is not saved."""
    return Alert(
        rule=rule,
        project=monitor.project,
        key=key_of(fact),
        labels=_labels(live, fact, monitor),
        title=_title(fact, monitor),
        level=_level(live, monitor),
        state=AlertState.FIRING,
        began_at=min(datetime.fromtimestamp(fact.since, UTC), moment),
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


def _say_cause(
    held: Sequence[Alert], fact: MonitorTold, monitor: Monitor, moment: datetime, tidings: Tidings
) -> None:
    """What is down already is so by something else now: said with the alert that there is."""
    alert = next((one for one in held if one.rule.is_enabled), None)
    if alert is None:
        return
    alert.title = _title(fact, monitor)
    alert.evidence = {**alert.evidence, "reason": fact.reason, "text": fact.text}
    alert.since = moment
    if alert.pk is not None:
        alert.save(update_fields=["title", "evidence", "since"])
    until = alert.rule.snoozed_until
    tidings.note(alert, "again", is_snoozed=until is not None and until > moment, text=fact.text)


def _lasts(alert: Alert, fact: MonitorTold) -> bool:
    """Whether it is still so, whatever has become of its rule."""
    measure = alert.rule.body.get("measure")
    to = measure.get("state", "down") if isinstance(measure, dict) else "down"
    return fact.state in _LASTING.get(str(to), frozenset())


def _end(alerts: Iterable[Alert], fact: MonitorTold, moment: datetime, tidings: Tidings) -> None:
    for alert in alerts:
        alert.state, alert.over_at, alert.since = AlertState.OVER, moment, moment
        tidings.note(alert, "resolved", text=fact.text)


def _write_ends(alerts: Iterable[Alert], moment: datetime) -> None:
    """Those that began in the same batch are written as they are by now."""
    ids = [alert.pk for alert in alerts if alert.pk is not None]
    for at in range(0, len(ids), _AT_ONCE):
        rows = Alert.objects.filter(pk__in=ids[at : at + _AT_ONCE])
        rows.update(state=AlertState.OVER, over_at=moment, since=moment)


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
