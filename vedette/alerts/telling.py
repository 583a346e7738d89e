"""From changes of alerts to messages: history, routes, groups, silences, the outbox.

Everything here happens in the transaction of the changes. A critical alert is told at once; the
others wait a moment for company, and a group is not told more often than its interval, unless
something in it became worse.

News come to a group at the end of the transaction, with its row locked, group after group in one
order. So whoever speaks for it at that moment in another process either waits for these news or
has written what it told before they come; and two transactions never wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vedette.accounts.models import User
from vedette.alerts import grouping, muting
from vedette.alerts.grouping import Routed
from vedette.alerts.labels import all_match
from vedette.alerts.models import (
    Alert,
    AlertEntry,
    AlertRoute,
    AlertRule,
    GroupedAlert,
    MessageGroup,
)

_OWN_WAIT_SECONDS = 10
_GROUP_BY = ("project", "environment")
_SOON = timedelta(seconds=1)  # a group that speaks by then is not made to speak now
_LEVELS = frozenset(("warning", "critical"))
_QUIET = frozenset(("lowered",))  # seen with the next message, never told by itself
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _News:
    """What a group is to hear of an alert, and how many seconds it waits for company."""

    alert: Alert
    what: str
    wait: int

    @property
    def is_urgent(self) -> bool:
        """Whether it waits for no company."""
        return self.alert.level == "critical" and self.what != "resolved"


class Tidings:
    """The changes of one transaction. `finish` gives them to the groups that are to hear of them,
    and writes the messages that are due at once.

    Alerts may be saved after they were noted, at the latest before `finish`.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._entries: list[AlertEntry] = []
        self._ended: list[Alert] = []
        self._news: dict[Routed, list[_News]] = defaultdict(list)
        self._rules: dict[int, AlertRule] = {}
        self._routes: dict[int, list[AlertRoute]] = {}

    def note(
        self,
        alert: Alert,
        what: str,
        *,
        is_snoozed: bool = False,
        text: str = "",
        by: User | None = None,
    ) -> None:
        """Note what happened to an alert, `by` a person if by one, and whom it concerns."""
        self._entries.append(
            AlertEntry(
                alert=alert,
                at=self._moment,
                what=what,
                level=alert.level,
                value=alert.value,
                note=text[:400],
                by=by,
            )
        )
        if what == "resolved":
            self._ended.append(alert)
        elif what not in _QUIET and not is_snoozed:
            for routed, wait in self._routed(alert):
                self._news[routed].append(_News(alert, what, wait))

    def reach(self, alert: Alert, text: str) -> bool:
        """Tell of one that fires already to those who hear of it by now; False if nobody does."""
        is_heard = self.is_heard(alert)
        if is_heard:
            self.note(alert, "again", text=text)
        return is_heard

    def is_heard(self, alert: Alert) -> bool:
        """Whether anybody would hear of it by now; writes nothing."""
        return next(self._routed(alert), None) is not None

    def finish(self) -> None:
        """Write all of it."""
        AlertEntry.objects.bulk_create(self._entries)
        self._route_ends()
        for routed in sorted(self._news):
            self._tell(grouping.lock(routed), self._news[routed])
        self._entries.clear()
        self._ended.clear()
        self._news.clear()

    def _routed(self, alert: Alert) -> Iterator[tuple[Routed, int]]:
        """The groups that hear of a beginning, and how long each waits for company."""
        rule = self._known_rule(alert)
        organization_id = rule.project.organization_id
        labels = {**alert.labels, "level": alert.level}
        if rule.notify:
            name = grouping.own_route(rule.pk)
            yield (
                grouping.routed(organization_id, name, rule.notify, _GROUP_BY, labels),
                _OWN_WAIT_SECONDS,
            )
        for route in self._known_routes(organization_id):
            if not all_match(route.matchers, labels):
                continue
            yield grouping.routed_by(route, labels, _GROUP_BY), route.wait
            if not route.goes_on:
                break

    def _route_ends(self) -> None:
        """All hear of an end that heard of the beginning."""
        ended = {alert.pk: alert for alert in self._ended}
        for news in self._news.values():  # it may have begun just now
            ends = [ended[one.alert.pk] for one in news if one.alert.pk in ended]
            news += [_News(alert, "resolved", _OWN_WAIT_SECONDS) for alert in ends]
        ids = list(ended)
        for at in range(0, len(ids), _AT_ONCE):
            for routed, pk in grouping.heard(ids[at : at + _AT_ONCE]):
                self._news[routed].append(_News(ended[pk], "resolved", _OWN_WAIT_SECONDS))

    def _known_rule(self, alert: Alert) -> AlertRule:
        if alert.rule_id not in self._rules:
            self._rules[alert.rule_id] = alert.rule
        return self._rules[alert.rule_id]

    def _known_routes(self, organization_id: int) -> list[AlertRoute]:
        if organization_id not in self._routes:
            rows = AlertRoute.objects.filter(organization_id=organization_id)
            self._routes[organization_id] = list(rows.order_by("order", "pk"))
        return self._routes[organization_id]

    def _tell(self, group: MessageGroup, news: Sequence[_News]) -> None:
        """Put the news into a group that is locked, and set when it speaks."""
        due = self._due(group, news)
        newest = {one.alert.pk: one for one in news}
        GroupedAlert.objects.bulk_create(
            (GroupedAlert(group=group, alert=one.alert, news=one.what) for one in newest.values()),
            update_conflicts=True,
            unique_fields=["group", "alert"],
            update_fields=["news"],
        )
        if group.due_at is None or due < group.due_at - _SOON:
            group.due_at = due
            MessageGroup.objects.filter(pk=group.pk).update(due_at=due)
        if group.due_at <= self._moment:
            grouping.speak(group, self._moment)

    def _due(self, group: MessageGroup, news: Sequence[_News]) -> datetime:
        """When the first of these may be told."""
        is_urgent = any(one.is_urgent for one in news)
        wait = 0 if is_urgent else min(one.wait for one in news)
        due = self._moment + timedelta(seconds=wait)
        is_worse = any(one.what == "raised" for one in news)
        if group.last_told_at is not None and not is_worse:
            is_worse = is_urgent and _knows_warnings_alone(group)
        if group.last_told_at is not None and not is_worse:
            last = min(group.last_told_at, self._moment)  # a clock may have been set back
            due = max(due, last + timedelta(seconds=group.interval))
        return muting.next_moment(group.mute, due)


def _knows_warnings_alone(group: MessageGroup) -> bool:
    """Whether people know of warnings in it, and of nothing that is critical."""
    told = GroupedAlert.objects.filter(group=group).values_list("told", flat=True)
    return set(told.distinct()) & _LEVELS == {"warning"}
