"""Monitors that are down already when a rule is made or switched on, or a route is added.

What people are to hear is decided when a monitor goes down; whoever begins to listen later is
told then. The same look again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from vedette import clock
from vedette.alerts.models import Alert, AlertRule, AlertState, GroupedAlert
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.states import begin, concerns, key_of
from vedette.alerts.telling import Tidings
from vedette.monitors.models import Monitor, MonitorStanding
from vedette.monitors.sitting import why_of
from vedette.uptime.changes import State
from vedette.uptime.facts import MonitorTold
from vedette.uptime.standing import read_standing

_AT_ONCE: Final = 200
_LATER: Final = "it was so before anybody listened"


def catch_up() -> int:
    """Tell what lasts to those who listen by now; how many alerts began or found somebody."""
    moment = clock.now()
    rules = [live for live in live_rules() if live.rule.measure == "state"]
    tidings = Tidings(moment)
    with transaction.atomic():
        begun = sum(_begin_missing(rules, moment, tidings)) if rules else 0
        reached = sum(tidings.reach(alert, _LATER) for alert in _unheard(moment))
        tidings.finish()
    return begun + reached


def _begin_missing(rules: Sequence[LiveRule], moment: datetime, tidings: Tidings) -> Iterator[bool]:
    """Alerts of rules that fit what was told before there was the rule as it is."""
    changed = _changed_at(rules)
    for monitor, fact in _told({live.project_id for live in rules}):
        for live in rules:
            if live.project_id == monitor.project_id and concerns(live, fact, monitor):
                since = max(datetime.fromtimestamp(fact.since, UTC), changed[live.id])
                if not _was_told(live, fact, since):
                    begin(live, fact, monitor, moment, tidings)
                    yield True


def _told(projects: set[int]) -> Iterator[tuple[Monitor, MonitorTold]]:
    """What people know of, as it was told."""
    rows = MonitorStanding.objects.filter(
        state__in=("down", "degraded"), monitor__project__in=projects
    )
    for row in rows.select_related("monitor__project").order_by("pk").iterator():
        standing = read_standing(row.standing)
        if standing.told is None or standing.told is not standing.shown:
            continue
        because = why_of(row.monitor_id, row.environment, standing.told)
        yield (
            row.monitor,
            MonitorTold(
                project_id=row.monitor.project_id,
                monitor_id=row.monitor_id,
                environment=row.environment,
                state="down" if standing.told is State.DOWN else "degraded",
                since=standing.since,
                reason=standing.told_why or because.reason,
                text=because.text,
                evidence=because.evidence,
            ),
        )


def _was_told(live: LiveRule, fact: MonitorTold, since: datetime) -> bool:
    """Whether there is an alert for it, or was one since: a person may have ended that."""
    mine = Alert.objects.filter(rule_id=live.id, key=key_of(fact))
    return mine.exclude(state=AlertState.OVER).exists() or mine.filter(fired_at__gte=since).exists()


def _changed_at(rules: Sequence[LiveRule]) -> dict[int, datetime]:
    rows = AlertRule.objects.filter(pk__in=[live.id for live in rules])
    return dict(rows.values_list("pk", "changed_at"))


def _unheard(moment: datetime) -> list[Alert]:
    """Alerts about monitors that fire and that nobody has heard of."""
    rows = Alert.objects.filter(state=AlertState.FIRING, rule__body__source="monitor")
    rows = rows.filter(acknowledged_at=None, rule__is_enabled=True)
    rows = rows.exclude(pk__in=GroupedAlert.objects.values("alert"))
    rows = rows.exclude(rule__snoozed_until__gt=moment)
    return list(rows.select_related("rule__project", "project").order_by("pk")[:_AT_ONCE])
