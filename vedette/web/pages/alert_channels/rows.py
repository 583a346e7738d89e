"""A channel and how it does, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vedette import clock
from vedette.alerts.deliveries import Trouble, shown_reason, troubles_of
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
    trouble: Trouble | None


def make_rows(channels: Sequence[Channel]) -> list[ChannelRow]:
    """The words of channels; `sent`, where it was asked for, is when one took its last message."""
    troubles = troubles_of(channels)
    return [_row(channel, troubles.get(channel.pk)) for channel in channels]


def _row(channel: Channel, trouble: Trouble | None) -> ChannelRow:
    kind = channels().get(channel.kind)
    sent_at: datetime | None = getattr(channel, "sent", None)
    state, tone = "not tried yet", ""
    if not channel.is_enabled:
        state, tone = "off", ""
    elif channel.broken_at is not None:
        state, tone = "broken", "bad"
    elif channel.paused_until is not None and channel.paused_until > clock.now():
        state, tone = "paused", "warn"
    elif trouble is not None:
        state, tone = "does not answer", "bad"
    elif sent_at is not None:
        state, tone = "works", "good"
    return ChannelRow(
        channel=channel,
        label=kind.label if kind else channel.kind,
        state=state,
        tone=tone,
        why=shown_reason(channel) or (trouble.words if trouble else ""),
        sent_at=sent_at,
        trouble=trouble if channel.is_enabled and channel.broken_at is None else None,
    )
