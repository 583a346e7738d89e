"""Which channels hear of an alert: of its beginning the route's, of its end who was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vedette.alerts.models import Alert, Channel, MessageGroup, OutboxMessage

_OF_BEGINNINGS = ("trigger", "update", "repeat")
_MOST_MESSAGES = 1000


def channels_of(
    group: MessageGroup, kind: str, alerts: Sequence[Alert]
) -> list[tuple[Channel, list[Alert]]]:
    """The channels that are on, in order, each with the alerts that it is to hear of."""
    rows = Channel.objects.filter(organization_id=group.organization_id, is_enabled=True)
    told = _told(group, alerts) if kind == "resolve" else {}
    if not told:
        return [(one, list(alerts)) for one in rows.filter(slug__in=group.channels).order_by("pk")]
    found = []
    for channel in rows.filter(pk__in=told).order_by("pk"):
        named = told[channel.pk]
        mine = [alert for alert in alerts if named is None or alert.pk in named]
        if mine:
            found.append((channel, mine))
    return found


def _told(group: MessageGroup, alerts: Sequence[Alert]) -> dict[int, set[int] | None]:
    """The ids of the alerts that each channel heard of in this group since these began.

    None stands for all: a message that lists only some of its alerts may have meant any.
    """
    began = min(alert.fired_at or alert.began_at for alert in alerts)
    rows = OutboxMessage.objects.filter(
        group=group, kind__in=_OF_BEGINNINGS, created_at__gte=began
    ).order_by("-pk")
    found: dict[int, set[int] | None] = defaultdict(set)
    for channel_id, content in rows.values_list("channel_id", "content")[:_MOST_MESSAGES]:
        held = found[channel_id]
        if content.get("more"):
            found[channel_id] = None
        elif held is not None:
            held.update(part["id"] for part in content.get("alerts", ()))
    return found
