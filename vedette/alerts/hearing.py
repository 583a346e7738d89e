"""Which channels hear of an alert: of its beginning the route's, of its end who was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from vedette.alerts.models import Alert, Channel, GroupedAlert, MessageGroup, OutboxMessage

_AT_ONCE = 500
_OF_BEGINNINGS = ("trigger", "update", "repeat")


def channels_of(
    group: MessageGroup, kind: str, alerts: Sequence[Alert]
) -> list[tuple[Channel, list[Alert]]]:
    """The channels that are on, in order, each with the alerts that it is to hear of."""
    rows = Channel.objects.filter(organization_id=group.organization_id, is_enabled=True)
    if kind != "resolve":
        return [(one, list(alerts)) for one in rows.filter(slug__in=group.channels).order_by("pk")]
    heard = _heard(group, alerts)
    told = {pk for channels in heard.values() for pk in channels}
    found = []
    for channel in rows.filter(pk__in=told).order_by("pk"):
        found.append((channel, [one for one in alerts if channel.pk in heard[one.pk]]))
    return found


def note(group: MessageGroup, kind: str, told: Sequence[tuple[Channel, Sequence[Alert]]]) -> None:
    """Remember who hears of these alerts with a message."""
    if kind not in _OF_BEGINNINGS:
        return
    channels = {channel.pk for channel, _ in told}
    alerts = {alert.pk for _, mine in told for alert in mine}
    _add(GroupedAlert.objects.filter(group=group, alert__in=alerts), channels)


def note_also(message: OutboxMessage, channel: Channel) -> None:
    """Remember that another channel gets the message as well."""
    if message.kind not in _OF_BEGINNINGS or message.group_id is None:
        return
    rows = GroupedAlert.objects.filter(group=message.group_id)
    if message.content.get("more"):  # it may mean any that its channel was told of
        _add(rows, {channel.pk}, lambda row: message.channel_id in row.heard)
    else:
        ids = [part["id"] for part in message.content.get("alerts", ())]
        _add(rows.filter(alert__in=ids), {channel.pk})


def _add(
    rows: Iterable[GroupedAlert],
    channels: set[int],
    is_meant: Callable[[GroupedAlert], bool] = lambda row: True,
) -> None:
    by_heard: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in rows:
        if is_meant(row) and not channels <= set(row.heard):
            by_heard[tuple(sorted({*row.heard, *channels}))].append(row.pk)
    for heard, members in by_heard.items():  # of ten thousand it is the same few lists
        change(members, heard=list(heard))


def change(members: Sequence[int], **values: object) -> None:
    """Give many members of groups the same values, in portions."""
    for at in range(0, len(members), _AT_ONCE):
        GroupedAlert.objects.filter(pk__in=members[at : at + _AT_ONCE]).update(**values)


def _heard(group: MessageGroup, alerts: Sequence[Alert]) -> dict[int, set[int]]:
    """The ids of the channels that heard of each alert; of one told before that was noted, the
    group's."""
    rows = GroupedAlert.objects.filter(group=group, alert__in=[alert.pk for alert in alerts])
    known = {alert: set(heard) for alert, heard in rows.values_list("alert", "heard") if heard}
    missing = [alert.pk for alert in alerts if alert.pk not in known]
    if missing:
        mine = Channel.objects.filter(
            organization_id=group.organization_id, slug__in=group.channels
        )
        now = set(mine.values_list("pk", flat=True))
        known |= dict.fromkeys(missing, now)
    return known
