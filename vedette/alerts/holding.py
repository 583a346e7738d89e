"""Whether an alert may be told now: silences, mute hours, snoozes, a worse one about the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from vedette.alerts import muting
from vedette.alerts.labels import all_match
from vedette.alerts.models import Alert, AlertState, MessageGroup, Silence

_LOOK_AGAIN = timedelta(seconds=60)
_AT_ONCE = 500


class Holding:
    """What keeps the alerts of one group from being told at one moment."""

    def __init__(self, group: MessageGroup, now: datetime) -> None:
        self._now = now
        self._unmuted_at = muting.next_moment(group.mute, now)
        rows = Silence.objects.filter(organization_id=group.organization_id)
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
        is_beneath = alert.level == "warning" and _has_worse(alert)
        return self._now + _LOOK_AGAIN if is_beneath else None


def _has_worse(alert: Alert) -> bool:
    """Whether a critical alert of another rule is about the very same rows.

    What happened once is not meant: such an alert stays open for days.
    """
    others = Alert.objects.filter(
        project=alert.project,
        level="critical",
        state=AlertState.FIRING,
        issue=alert.issue_id,
        rule__is_edge=False,
    ).exclude(rule=alert.rule)
    mine = _subject(alert)
    found = others.select_related("rule").order_by("-pk")[:_AT_ONCE]
    return any(_subject(other) == mine for other in found)


def _subject(alert: Alert) -> dict[str, str]:
    """Its labels, and the search that its rule counts."""
    labels = {name: value for name, value in alert.labels.items() if name not in ("rule", "team")}
    body = alert.rule.body
    return {**labels, "\0source": str(body.get("source")), "\0": str(body.get("filter", ""))}
