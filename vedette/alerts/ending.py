"""Rules that stop looking: switched off, about other things, deleted. Their alerts end then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts import acting, grouping
from vedette.alerts.models import Alert, AlertRule, AlertState

_SUBJECT = ("source", "per")  # what an alert of a rule is about; the rest only decides if it is so


def is_about_other_things(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a rule of the second body never looks at an alert of the first again."""
    if any(before.get(name) != after.get(name) for name in _SUBJECT):
        return True
    return _is_edge(before) is not _is_edge(after)


def end_alerts(rule: AlertRule, why: str) -> None:
    """End what is open of a rule; whoever heard of the beginning hears of it."""
    open_ = Alert.objects.filter(rule=rule).exclude(state=AlertState.OVER)
    with transaction.atomic():
        open_.filter(state=AlertState.PENDING).delete()  # nobody heard of it
        acting.resolve(list(open_), None, why)


def tell_before_deletion(sender: object, instance: AlertRule, origin: object, **_: Any) -> None:
    """Whoever was told of an alert hears that it is over before it goes with its rule.

    Runs in the transaction of the deletion, also in that of its project.
    """
    if isinstance(origin, Organization):
        return  # so do its channels
    now = clock.now()
    told = list(Alert.objects.filter(rule=instance).exclude(state=AlertState.OVER))
    Alert.objects.filter(pk__in=[alert.pk for alert in told]).update(
        state=AlertState.OVER, over_at=now, since=now
    )
    grouping.tell_end(told, now)


def _is_edge(body: Mapping[str, Any]) -> bool:
    measure = body.get("measure")
    return isinstance(measure, dict) and "edge" in measure
