"""Monitors that are down already when a rule is made or switched on, or a route is added.

What people are to hear is decided when a monitor goes down; whoever begins to listen later is
told then. The same look again changes nothing, and holds no other writer up: it reads without a
transaction, and writes what is still so when the rows are locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet

from vedette import clock
from vedette.alerts.models import Alert, AlertRule, AlertState, GroupedAlert
from vedette.alerts.rules import LiveRule
from vedette.alerts.states import Waiting, alert_of, key_of
from vedette.alerts.telling import Tidings
from vedette.monitors.models import MonitorStanding
from vedette.monitors.sitting import why_of
from vedette.uptime.changes import State
from vedette.uptime.facts import MonitorTold
from vedette.uptime.standing import Standing, read_standing

_AT_ONCE: Final = 500  # that begin or are told in one transaction; the rest in the next look
_LATER: Final = "it was so before anybody listened"
_Open: TypeAlias = Collection[tuple[int, str]]  # rules and keys of the alerts that are not over


def catch_up() -> int:
    """Tell what lasts to those who listen by now; how many alerts began or found somebody."""
    moment = clock.now()
    waiting = Waiting()
    begun = _begin_missing(waiting, moment) if waiting.projects else 0
    return begun + _reach_unheard(moment)


def _begin_missing(waiting: Waiting, moment: datetime) -> int:
    """Begin the alerts of rules that fit what was told before there was the rule as it is."""
    changed, held = _changed_at(), _open()
    missing = (row.pk for row in _bad(waiting) if any(_wanted(row, waiting, changed, held)))
    found = list(islice(missing, _AT_ONCE))
    if not found:
        return 0
    tidings, begun = Tidings(moment), 0
    with transaction.atomic():
        rows = list(_bad(waiting).filter(pk__in=found).select_for_update(of=("self",)))
        held = _open()
        for row in rows:
            for live, fact in _wanted(row, waiting, changed, held):
                told = _with_cause(row, fact)
                alert = alert_of(live, waiting.row(live), told, row.monitor, moment)
                alert.save()
                tidings.note(alert, "fired", is_snoozed=live.is_snoozed, text=told.text)
                begun += 1
        tidings.finish()
    return begun


def _reach_unheard(moment: datetime) -> int:
    tidings, unheard = Tidings(moment), _unheard(moment)
    heard = (alert.pk for alert in unheard.iterator() if tidings.is_heard(alert))
    found = list(islice(heard, _AT_ONCE))
    if not found:
        return 0
    with transaction.atomic():
        rows = unheard.filter(pk__in=found).select_for_update(of=("self",))
        reached = sum(tidings.reach(alert, _LATER) for alert in rows)
        tidings.finish()
    return reached


def _bad(waiting: Waiting) -> QuerySet[MonitorStanding]:
    """How monitors stand that are in trouble, in projects with rules about that."""
    rows = MonitorStanding.objects.filter(
        state__in=("down", "degraded"), monitor__project__in=waiting.projects
    )
    return rows.select_related("monitor__project").order_by("pk")


def _wanted(
    row: MonitorStanding, waiting: Waiting, changed: dict[int, datetime], held: _Open
) -> Iterator[tuple[LiveRule, MonitorTold]]:
    """The rules that fit what people know of it, and were never told."""
    standing = read_standing(row.standing)
    if standing.told is None or standing.told is not standing.shown:
        return
    fact = _told(row, standing)
    for live in waiting.for_this(fact, row.monitor):
        is_open = (live.id, key_of(fact)) in held
        if not is_open and live.id in changed and not _was_told(live, fact, changed[live.id]):
            yield live, fact


def _told(row: MonitorStanding, standing: Standing) -> MonitorTold:
    """What was told, but for what was found then."""
    return MonitorTold(
        project_id=row.monitor.project_id,
        monitor_id=row.monitor_id,
        environment=row.environment,
        state="down" if standing.told is State.DOWN else "degraded",
        since=standing.since,
        reason=standing.told_why or _reason(row, standing),
    )


def _reason(row: MonitorStanding, standing: Standing) -> str:
    state = standing.told
    return why_of(row.monitor_id, row.environment, state).reason if state is not None else ""


def _with_cause(row: MonitorStanding, fact: MonitorTold) -> MonitorTold:
    because = why_of(row.monitor_id, row.environment, State(fact.state))
    fact.text, fact.evidence = because.text, because.evidence
    return fact


def _was_told(live: LiveRule, fact: MonitorTold, changed: datetime) -> bool:
    """Whether there was an alert for it by the rule as it is; or one at all that a person ended,
    who need not hear of it again because somebody snoozes or renames the rule."""
    began = datetime.fromtimestamp(fact.since, UTC)
    mine = Alert.objects.filter(rule_id=live.id, key=key_of(fact), fired_at__gte=began)
    by_person = Q(entries__what="resolved", entries__by__isnull=False)
    return mine.filter(Q(fired_at__gte=changed) | by_person).exists()


def _open() -> set[tuple[int, str]]:
    rows = Alert.objects.filter(rule__body__source="monitor").exclude(state=AlertState.OVER)
    return set(rows.values_list("rule_id", "key"))


def _changed_at() -> dict[int, datetime]:
    rows = AlertRule.objects.filter(is_enabled=True, body__source="monitor")
    return dict(rows.values_list("pk", "changed_at"))


def _unheard(moment: datetime) -> QuerySet[Alert]:
    """Alerts about monitors that fire and that nobody has heard of."""
    rows = Alert.objects.filter(state=AlertState.FIRING, rule__body__source="monitor")
    rows = rows.filter(acknowledged_at=None, rule__is_enabled=True)
    rows = rows.exclude(pk__in=GroupedAlert.objects.values("alert"))
    rows = rows.exclude(rule__snoozed_until__gt=moment)
    return rows.select_related("rule__project", "project").order_by("pk")
