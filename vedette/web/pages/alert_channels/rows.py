"""A channel and how it does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vedette.alerts.deliveries import shown_reason
from vedette.alerts.models import Channel
from vedette.channels import channels


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A channel and how it does."""

    channel: Channel
    label: str
    state: str
    tone: str
    why: str
    sent_at: datetime | None


def make_row(channel: Channel) -> ChannelRow:
    """The words of one channel; `sent`, where it was asked for, is when it took its last."""
    kind = channels().get(channel.kind)
    sent_at: datetime | None = getattr(channel, "sent", None)
    state, tone = "not tried yet", ""
    if not channel.is_enabled:
        state, tone = "off", ""
    elif channel.broken_at is not None:
        state, tone = "broken", "bad"
    elif sent_at is not None:
        state, tone = "works", "good"
    return ChannelRow(
        channel=channel,
        label=kind.label if kind else channel.kind,
        state=state,
        tone=tone,
        why=shown_reason(channel),
        sent_at=sent_at,
    )
