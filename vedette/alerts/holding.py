"""Whether an alert may be told now: silences, mute hours, snoozes, a worse one about the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from vedette.alerts import muting
from vedette.alerts.labels import all_match
from vedette.alerts.models import Alert, AlertState, MessageGroup, Silence

_LOOK_AGAIN = timedelta(seconds=60)
_Subject: TypeAlias = tuple[int | None, frozenset[tuple[str, str]], str, str]


class Holding:
    """What keeps the alerts of one group from being told at one moment."""

    def __init__(self, group: MessageGroup, now: datetime) -> None:
        self._now = now
        self._unmuted_at = muting.next_moment(group.mute, now)
        rows = Silence.objects.filter(organization_id=group.organization_id)
        self._worse: dict[int, dict[_Subject, set[int]]] = {}
        self._silences: Sequence[Silence] = list(rows.filter(starts_at__lte=now, ends_at__gt=now))

    def until(self, alert: Alert) -> datetime | None:
        """When to look again; None for one that may be told now. Needs its rule loaded."""
        labels = {**alert.labels, "level": alert.level}
        ends = [one.ends_at for one in self._silences if all_match(one.matchers, labels)]
        snoozed = alert.rule.snoozed_until
        if snoozed is not None and snoozed > self._now:
            ends.append(snoozed)
        if self._unmuted_at > self._now:
            ends.append(self._unmuted_at)
        if ends:
            return max(ends)
        is_beneath = alert.level == "warning" and self._has_worse(alert)
        return self._now + _LOOK_AGAIN if is_beneath else None

    def _has_worse(self, alert: Alert) -> bool:
        """Whether a critical alert of another rule is about the very same rows."""
        if alert.project_id not in self._worse:
            self._worse[alert.project_id] = _rules_by_subject(alert.project_id)
        rules = self._worse[alert.project_id].get(_subject(alert, alert.rule.body), set())
        return bool(rules - {alert.rule_id})


def _rules_by_subject(project_id: int) -> dict[_Subject, set[int]]:
    """By what they are about, the rules of all critical alerts of a project: read once for a
    group, which may have ten thousand warnings.

    What happened once is not meant: such an alert stays open for days.
    """
    rows = Alert.objects.filter(
        project=project_id, level="critical", state=AlertState.FIRING, rule__is_edge=False
    ).only("issue_id", "labels", "rule_id")
    found: dict[_Subject, set[int]] = {}
    bodies: dict[int, Mapping[str, Any]] = {}
    for other in rows.iterator():
        body = bodies.get(other.rule_id)
        if body is None:
            body = bodies[other.rule_id] = other.rule.body
        found.setdefault(_subject(other, body), set()).add(other.rule_id)
    return found


def _subject(alert: Alert, body: Mapping[str, Any]) -> _Subject:
    """Its issue, its labels, and the search that its rule counts."""
    labels = frozenset(pair for pair in alert.labels.items() if pair[0] not in ("rule", "team"))
    return alert.issue_id, labels, str(body.get("source")), str(body.get("filter", ""))
