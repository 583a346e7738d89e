"""Which messages are sent next: of each channel the oldest that may be, taken by this process.

A message waits for those before it of the same group: an end never comes before its beginning.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import Q

from vedette.alerts.models import OutboxMessage
from vedette.leases.taking import ended, holder

_LEASE = timedelta(seconds=60)
_GLANCE = "SELECT 1 FROM alerts_outboxmessage WHERE state = 'waiting' AND due_at <= %s LIMIT 1"


def is_any_due(now: datetime) -> bool:
    """A glance, several times a second: the ORM takes ten times as long to find nothing."""
    if not connection.in_atomic_block:
        close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, [connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone() is not None


def claim(
    now: datetime, *, besides: Collection[int] = (), most: int | None = None
) -> list[OutboxMessage]:
    """At most so many messages, each by one conditional update; none of the channels `besides`.

    A process that was killed holds nothing: what it was sending is sent again at once.
    """
    held = OutboxMessage.objects.filter(state="waiting", held_until__gte=now)
    gone = ended(held.values_list("held_by", flat=True).distinct())
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_by__in=gone)
    taken: list[int] = []
    for pk in _firsts(now, besides, gone):
        if most is not None and len(taken) >= most:
            break
        rows = OutboxMessage.objects.filter(free, pk=pk, state="waiting")
        if rows.update(held_by=holder(), held_until=now + _LEASE):
            taken.append(pk)
    return list(
        OutboxMessage.objects.filter(pk__in=taken)
        .select_related("channel", "group", "organization")
        .order_by("pk")
    )


def _firsts(now: datetime, besides: Collection[int], gone: Collection[str]) -> list[int]:
    """The oldest message of each channel that nothing before it keeps waiting."""
    is_open = Q(channel__paused_until=None) | Q(channel__paused_until__lte=now)
    rows = OutboxMessage.objects.filter(is_open, state="waiting").exclude(channel__in=besides)
    names = ("pk", "channel_id", "group_id", "due_at", "held_until", "held_by")
    firsts: dict[int, int] = {}
    behind: set[tuple[int, int]] = set()
    for pk, channel, group, due_at, held_until, by in rows.order_by("pk").values_list(*names):
        if (channel, group) in behind:
            continue
        if group is not None:
            behind.add((channel, group))
        if due_at <= now and (held_until is None or held_until < now or by in gone):
            firsts.setdefault(channel, pk)
    return list(firsts.values())
