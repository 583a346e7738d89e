"""What time alone changes: a snooze that is over, and what happened once and has gone quiet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vedette.alerts import acting
from vedette.alerts.models import (
    Alert,
    AlertRule,
    AlertState,
    GroupedAlert,
    OutboxMessage,
    Silence,
)
from vedette.alerts.telling import Tidings

QUIET_AFTER = timedelta(days=7)
_AT_ONCE = 200


def end_snoozes(now: datetime) -> int:
    """Tell of what began during a snooze and still fires; returns of how many alerts."""
    told = 0
    for rule in AlertRule.objects.filter(snoozed_until__lte=now).order_by("pk")[:_AT_ONCE]:
        with transaction.atomic():
            tidings = Tidings(now)
            for alert in _untold(rule):
                tidings.note(alert, "again", text="the snooze is over")
                told += 1
            tidings.finish()
            AlertRule.objects.filter(pk=rule.pk, snoozed_until__lte=now).update(snoozed_until=None)
    return told


def end_quiet(now: datetime) -> int:
    """End alerts about what happened once, if their issue was not seen for a week."""
    before = now - QUIET_AFTER
    is_quiet = Q(issue__last_seen__lt=before) & Q(since__lt=before)
    rows = Alert.objects.filter(is_quiet, rule__is_edge=True).exclude(state=AlertState.OVER)
    found = list(rows.order_by("pk")[:_AT_ONCE])
    return acting.resolve(found, None, "not seen for a week") if found else 0


def _untold(rule: AlertRule) -> list[Alert]:
    """Those that fire and are in no group yet."""
    heard = GroupedAlert.objects.filter(alert__rule=rule).values("alert")
    rows = Alert.objects.filter(rule=rule, state=AlertState.FIRING).exclude(pk__in=heard)
    return list(rows.select_related("rule__project", "project").order_by("pk")[:_AT_ONCE])


def forget(before: datetime) -> int:
    """Delete what is over since then: alerts, messages with their tries, silences; how many.

    In pieces, so that no other writer waits long.
    """
    ended = Alert.objects.filter(state=AlertState.OVER, over_at__lt=before)
    done = OutboxMessage.objects.exclude(state="waiting").filter(created_at__lt=before)
    silences = Silence.objects.filter(ends_at__lt=before)
    gone = 0
    for rows in (done, ended, silences):
        while found := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
            rows.model.objects.filter(pk__in=found).delete()
            gone += len(found)
    return gone
