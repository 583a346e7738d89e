"""A storm of messages becomes few: beyond a channel's most, what waits is told as one."""

from __future__ import annotations

from datetime import datetime, timedelta

from vedette import clock
from vedette.alerts.models import OutboxMessage

_SPAN = timedelta(minutes=10)
_MOST_ALERTS = 10
_COUNTED = ("trigger", "update", "repeat")


def gathered(message: OutboxMessage) -> datetime | None:
    """When to try instead, if the channel has had its share; None to send now.

    Once there is room again, what has come meanwhile of the same organisation is gathered into
    this message, and the others are done with.
    """
    if message.kind not in _COUNTED or message.content.get("digest"):
        return None
    now = clock.now()
    recent = OutboxMessage.objects.filter(
        channel=message.channel_id, state="sent", kind__in=_COUNTED, sent_at__gt=now - _SPAN
    ).order_by("sent_at")
    if message.content.get("level") == "critical":
        recent = recent.filter(content__level="critical")  # no warnings keep it waiting
    most = message.channel.most_messages
    sent = list(recent.values_list("sent_at", flat=True))
    if not most or len(sent) < most:
        waiting = _waiting(message)
        if message.last_error == _HELD and waiting:
            _gather(message, waiting)
        return None
    OutboxMessage.objects.filter(pk=message.pk).update(last_error=_HELD)
    first = sent[len(sent) - most]
    return (first or now) + _SPAN + timedelta(seconds=1)


_HELD = "held back: the channel has had its share of messages"


def _waiting(message: OutboxMessage) -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(
        channel=message.channel_id, state="waiting", kind__in=_COUNTED, last_error=_HELD
    )
    return list(rows.exclude(pk=message.pk).order_by("pk")[:1000])


def _gather(message: OutboxMessage, others: list[OutboxMessage]) -> None:
    alerts = list(message.content["alerts"])
    more = int(message.content.get("more", 0))
    for other in others:
        alerts += other.content["alerts"]
        more += int(other.content.get("more", 0))
    worst = any(one["level"] == "critical" for one in alerts)
    message.content = {
        **message.content,
        "title": f"{len(alerts) + more} alerts in {len(others) + 1} messages",
        "level": "critical" if worst else "warning",
        "alerts": alerts[:_MOST_ALERTS],
        "more": more + max(0, len(alerts) - _MOST_ALERTS),
        "note": "There were more messages than this channel takes in ten minutes.",
    }
    OutboxMessage.objects.filter(pk=message.pk).update(content=message.content)
    OutboxMessage.objects.filter(pk__in=[one.pk for one in others]).update(
        state="gathered", held_by="", held_until=None
    )
