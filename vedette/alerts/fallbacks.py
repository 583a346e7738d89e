"""A page must arrive: what a channel does not take goes to its fallback, and is told of."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from vedette import clock
from vedette.alerts import hearing, notices
from vedette.alerts.models import Channel, OutboxMessage

AFTER = timedelta(seconds=60)  # a critical message may wait for no longer
_AT_ONCE = 100
_SUFFIX = "-fallback"


def fall_back(message: OutboxMessage) -> None:
    """Send a critical message by the channel's fallback as well; once.

    A fallback that does not answer has its own: each channel on the way gets the message once.
    """
    if message.content.get("level") != "critical" or not message.channel.fallback:
        return
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(pk=message.pk, has_fallen_back=False)
        fallback = _next_of(message.channel)
        if rows.update(has_fallen_back=True) and fallback is not None:
            _send_by(fallback, message)


def _send_by(fallback: Channel, message: OutboxMessage) -> None:
    first = message.identity.removesuffix(_SUFFIX)
    told = OutboxMessage.objects.filter(channel=fallback, identity__in=(first + _SUFFIX, first))
    if told.exists():
        return
    OutboxMessage.objects.create(
        organization_id=message.organization_id,
        channel=fallback,
        group=message.group,
        kind=message.kind,
        content={
            **message.content,
            "note": f"Sent here because {message.channel.name} does not answer.",
        },
        identity=first + _SUFFIX,
        is_fallback=True,
    )
    hearing.note_also(message, fallback)


def _next_of(channel: Channel) -> Channel | None:
    """The first channel that is on, on the way from fallback to fallback; None if there is none."""
    seen = {channel.slug}
    slug = channel.fallback
    while slug and slug not in seen:
        seen.add(slug)
        found = Channel.objects.filter(organization=channel.organization_id, slug=slug).first()
        if found is None or found.is_enabled:
            return found
        slug = found.fallback
    return None


def fall_back_waiting(now: datetime) -> None:
    """Critical messages that have waited too long for a channel that does not answer.

    Among them are those that were never tried: behind others of their group, or in a pause.
    """
    waiting = OutboxMessage.objects.filter(state="waiting")
    is_failing = Exists(waiting.filter(channel=OuterRef("channel"), tries__gt=0))
    rows = waiting.filter(
        Q(is_failing) | Q(channel__paused_until__gt=now),
        has_fallen_back=False,
        created_at__lt=now - AFTER,
        content__level="critical",
    ).exclude(channel__fallback="")
    for message in rows.select_related("channel", "group").order_by("pk")[:_AT_ONCE]:
        fall_back(message)


def mark_broken(channel: Channel, words: str) -> None:
    """The channel is not tried again until somebody mends it; the others are told, once."""
    changed = Channel.objects.filter(pk=channel.pk, broken_at=None).update(
        broken_at=clock.now(), broken_why=words[:400]
    )
    if changed:
        notices.send_notice(
            channel.organization,
            f"The channel {channel.name} is broken",
            f"Alerts do not arrive there: {words}",
            about=f"channel-{channel.pk}",
            besides=channel,
        )
