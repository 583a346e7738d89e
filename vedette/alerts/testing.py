"""A test message: it goes the way of all messages, so that it proves what they will do."""

from __future__ import annotations

import msgspec
from django.db import transaction

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.content import base_url
from vedette.alerts.models import Channel, OutboxMessage
from vedette.channels._content import Content

KIND = "test"


def send_test(channel: Channel, user: User | None) -> OutboxMessage:
    """Put a message into the outbox that says who tried the channel; the delivery takes it."""
    now = clock.now()
    who = f"{user} tried" if user else "Somebody tried"
    content = Content(
        kind=KIND,
        title=f"Test of the channel {channel.name}",
        level="warning",
        thread=f"test-{channel.pk}",
        project="",
        organization=channel.organization.slug,
        at=now.timestamp(),
        alerts=[],
        url=f"{base_url()}/alerts/channels/{channel.pk}/",
        note=f"{who} this channel. Nothing is wrong: alerts will arrive here like this message.",
    )
    return OutboxMessage.objects.create(
        organization_id=channel.organization_id,
        channel=channel,
        kind=KIND,
        content=msgspec.to_builtins(content),
        identity=f"vedette-test-{channel.pk}-{int(now.timestamp() * 1000)}",
    )


def mend_if_tested(channel: Channel) -> bool:
    """A broken channel works again when a test has arrived after it broke."""
    if channel.broken_at is None:
        return False
    with transaction.atomic():
        arrived = OutboxMessage.objects.filter(
            channel=channel, kind=KIND, state="sent", sent_at__gt=channel.broken_at
        )
        if not arrived.exists():
            return False
        rows = Channel.objects.filter(pk=channel.pk, broken_at=channel.broken_at)
        return bool(rows.update(broken_at=None, broken_why=""))
