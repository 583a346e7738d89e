"""Which messages are sent next: of each channel the oldest that may be, taken by this process.

A message waits for those before it of the same group: an end never comes before its beginning.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.db.models import Min, Q, QuerySet

from vedette.alerts.models import OutboxMessage
from vedette.leases.taking import ended, holder

_LEASE = timedelta(seconds=60)
_FARTHEST = timedelta(minutes=20)  # nothing waits for longer: the clock has been set back
_MOST_HEADS = 10_000
_GLANCE = """
SELECT 1 FROM alerts_outboxmessage
WHERE state = 'waiting' AND (due_at <= %s OR due_at > %s) LIMIT 1
"""


def is_any_due(now: datetime) -> bool:
    """A glance, several times a second: the ORM takes ten times as long to find nothing."""
    if not connection.in_atomic_block:
        close_old_connections()
    adapted = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, [adapted(now), adapted(now + _FARTHEST)])
        return cursor.fetchone() is not None


def claim(
    now: datetime,
    *,
    besides: Collection[int] = (),
    only: Collection[int] | None = None,
    most: int | None = None,
) -> list[OutboxMessage]:
    """At most so many messages, each by one conditional update.

    None of the channels `besides`; `only` of some. A process that was killed holds nothing: what
    it was sending is sent again at once.
    """
    held = OutboxMessage.objects.filter(held_until__gte=now)  # none that is done
    gone = ended(held.values_list("held_by", flat=True).distinct())
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_until__gt=now + _FARTHEST)
    free |= Q(held_by__in=gone)
    waiting = OutboxMessage.objects.filter(state="waiting").exclude(channel__in=besides)
    if only is not None:
        waiting = waiting.filter(channel__in=only)
    taken: list[int] = []
    for pk in _firsts(waiting, free, now):
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


def renew(messages: Collection[int], now: datetime) -> None:
    """These are still on their way: a slow delivery is not done again by another process."""
    rows = OutboxMessage.objects.filter(pk__in=messages, state="waiting", held_by=holder())
    rows.update(held_until=now + _LEASE)


def _firsts(waiting: QuerySet[OutboxMessage], free: Q, now: datetime) -> list[int]:
    """The oldest message of each channel that nothing before it keeps waiting."""
    groups = waiting.exclude(group=None).values("channel", "group")  # of an index alone
    heads = [row["first"] for row in groups.annotate(first=Min("pk")).order_by("first")]
    due = Q(due_at__lte=now) | Q(due_at__gt=now + _FARTHEST)
    paused = Q(channel__paused_until__gt=now, channel__paused_until__lte=now + _FARTHEST)
    firsts: dict[int, int] = {}
    for candidates in (waiting.filter(pk__in=heads[:_MOST_HEADS]), waiting.filter(group=None)):
        rows = candidates.filter(due, free).exclude(paused).values("channel")
        for row in rows.annotate(first=Min("pk")):
            known = firsts.get(row["channel"], row["first"])
            firsts[row["channel"]] = min(known, row["first"])
    return sorted(firsts.values())
