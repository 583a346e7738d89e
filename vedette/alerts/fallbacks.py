"""A page must arrive: what a channel does not take goes to its fallback, and is told of."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from vedette import clock
from vedette.alerts import notices
from vedette.alerts.models import Channel, OutboxMessage

AFTER = timedelta(seconds=60)  # a critical message may wait for no longer
_AT_ONCE = 100


def fall_back(message: OutboxMessage) -> None:
    """Send a critical message by the channel's fallback as well; once."""
    if message.is_fallback or message.content.get("level") != "critical":
        return
    fallback = Channel.objects.filter(
        organization=message.organization_id, slug=message.channel.fallback, is_enabled=True
    ).first()
    if fallback is None or fallback.pk == message.channel_id:
        return
    identity = f"{message.identity}-fallback"
    with transaction.atomic():
        told = OutboxMessage.objects.filter(
            channel=fallback, identity__in=(identity, message.identity)
        )
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
            identity=identity,
            is_fallback=True,
        )


def fall_back_paused(now: datetime) -> None:
    """What has waited too long for a channel that asked for a pause."""
    rows = OutboxMessage.objects.filter(
        state="waiting",
        is_fallback=False,
        created_at__lt=now - AFTER,
        channel__paused_until__gt=now,
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
