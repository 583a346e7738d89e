"""From changes of alerts to messages: history, routes, groups, silences, the outbox.

Everything here happens in the transaction of the changes. A critical alert is told at once; the
others wait a moment for company, and a group is not told more often than its interval, unless
something in it became worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from vedette.accounts.models import User
from vedette.alerts import grouping, muting
from vedette.alerts.labels import all_match
from vedette.alerts.models import Alert, AlertEntry, AlertRoute, GroupedAlert, MessageGroup

_OWN_WAIT_SECONDS = 10
_GROUP_BY = ("project", "environment")
_SOON = timedelta(seconds=1)  # a group that speaks by then is not made to speak now
_LEVELS = frozenset(("warning", "critical"))
_QUIET = frozenset(("lowered",))  # seen with the next message, never told by itself


class Tidings:
    """The changes of one transaction. `finish` writes the messages that are due at once."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._due: dict[int, MessageGroup] = {}
        self._routes: dict[int, list[AlertRoute]] = {}
        self._only_warned: dict[int, bool] = {}

    def note(
        self,
        alert: Alert,
        what: str,
        *,
        is_snoozed: bool = False,
        text: str = "",
        by: User | None = None,
    ) -> None:
        """Write down what happened to an alert, `by` a person if by one, and whom it concerns.

        Needs its rule loaded.
        """
        AlertEntry.objects.create(
            alert=alert,
            at=self._moment,
            what=what,
            level=alert.level,
            value=alert.value,
            note=text[:400],
            by=by,
        )
        if what in _QUIET or (is_snoozed and what != "resolved"):
            return
        for group, wait in self._groups(alert, what):
            self._add(group, alert, what, wait)

    def reach(self, alert: Alert, text: str) -> bool:
        """Tell of one that fires already to those who hear of it by now; False if nobody does."""
        groups = self._groups(alert, "again")
        if groups:
            self.note(alert, "again", text=text)
        return bool(groups)

    def is_heard(self, alert: Alert) -> bool:
        """Whether anybody would hear of it by now; writes nothing."""
        rule, labels = alert.rule, {**alert.labels, "level": alert.level}
        routes = self._known_routes(rule.project.organization_id)
        return bool(rule.notify) or any(all_match(one.matchers, labels) for one in routes)

    def finish(self) -> None:
        """Let the groups speak that have waited long enough."""
        for group in self._due.values():
            grouping.speak(group, self._moment)
        self._due.clear()

    def _groups(self, alert: Alert, what: str) -> Sequence[tuple[MessageGroup, int]]:
        """The groups that hear of it: of an end all that heard of the beginning."""
        if what == "resolved":
            held = GroupedAlert.objects.filter(alert=alert).select_related("group")
            return [(one.group, _OWN_WAIT_SECONDS) for one in held.order_by("group")]
        rule = alert.rule
        organization_id = rule.project.organization_id
        labels = {**alert.labels, "level": alert.level}
        found = []
        if rule.notify:
            name = grouping.own_route(rule.pk)
            group = grouping.find(organization_id, name, rule.notify, _GROUP_BY, labels)
            found.append((group, _OWN_WAIT_SECONDS))
        for route in self._known_routes(organization_id):
            if not all_match(route.matchers, labels):
                continue
            found.append((grouping.find_of(route, labels, _GROUP_BY), route.wait))
            if not route.goes_on:
                break
        return found

    def _known_routes(self, organization_id: int) -> list[AlertRoute]:
        if organization_id not in self._routes:
            rows = AlertRoute.objects.filter(organization_id=organization_id)
            self._routes[organization_id] = list(rows.order_by("order", "pk"))
        return self._routes[organization_id]

    def _add(self, group: MessageGroup, alert: Alert, what: str, wait: int) -> None:
        """Put the news into the group, and set when the group speaks."""
        group = self._due.get(group.pk, group)
        is_worse = what == "raised" or self._is_first_critical(group, alert, what)
        GroupedAlert.objects.update_or_create(group=group, alert=alert, defaults={"news": what})
        is_critical = alert.level == "critical" and what != "resolved"
        due = self._moment + timedelta(seconds=0 if is_critical else wait)
        if group.last_told_at is not None and not is_worse:
            last = min(group.last_told_at, self._moment)  # a clock may have been set back
            due = max(due, last + timedelta(seconds=group.interval))
        due = muting.next_moment(group.mute, due)
        if group.due_at is None or due < group.due_at - _SOON:
            group.due_at = due
            MessageGroup.objects.filter(pk=group.pk).update(due_at=due)
        if group.due_at <= self._moment:
            self._due[group.pk] = group

    def _is_first_critical(self, group: MessageGroup, alert: Alert, what: str) -> bool:
        """Whether people know of warnings alone, and this is no warning."""
        if alert.level != "critical" or what == "resolved" or group.last_told_at is None:
            return False
        if group.pk not in self._only_warned:  # nothing is told before the end
            told = GroupedAlert.objects.filter(group=group).values_list("told", flat=True)
            self._only_warned[group.pk] = set(told.distinct()) & _LEVELS == {"warning"}
        return self._only_warned[group.pk]
