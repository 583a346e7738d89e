"""Notices about what keeps alerts from arriving: by channels that do work, a few of them."""

from __future__ import annotations

import msgspec
from django.db.models import Exists, OuterRef

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts.models import Channel, OutboxMessage
from vedette.channels._content import Content

_MOST_CHANNELS = 3


def send_notice(
    organization: Organization,
    title: str,
    words: str,
    *,
    about: str,
    besides: Channel | None = None,
) -> None:
    """Put it into the outbox of channels that take messages for people, those that answer first.

    `about` is its thread.
    """
    working = Channel.objects.filter(
        organization=organization, is_enabled=True, broken_at=None
    ).exclude(kind="tracker")
    others = working if besides is None else working.exclude(pk=besides.pk)
    waiting = OutboxMessage.objects.filter(channel=OuterRef("pk"), state="waiting", tries__gt=0)
    others = others.annotate(is_failing=Exists(waiting))
    now = clock.now()
    content = Content(
        kind="notice",
        title=title,
        level="warning",
        thread=about,
        project="",
        organization=organization.slug,
        at=now.timestamp(),
        alerts=[],
        note=words,
    )
    for other in others.order_by("is_failing", "pk")[:_MOST_CHANNELS]:
        OutboxMessage.objects.create(
            organization=organization,
            channel=other,
            kind="notice",
            content=msgspec.to_builtins(content),
            identity=f"vedette-broken-{about}-{int(now.timestamp())}",
        )
