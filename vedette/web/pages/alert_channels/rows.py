"""A channel and how it does, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette import clock
from vedette.alerts.deliveries import Trouble, shown_reason, troubles_of
from vedette.alerts.models import Channel
from vedette.channels import channels
from vedette.web.connections.rows import ConnectionRow, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow(ConnectionRow[Channel]):
    """A channel and how it does; `trouble` are messages that it has not taken yet."""

    trouble: Trouble | None

    @property
    def state(self) -> str:
        """One word or a few."""
        plain = state_of(self.connection, has_worked=self.worked_at is not None)
        if plain in ("off", "broken"):
            return plain
        paused = self.connection.paused_until
        if paused is not None and paused > clock.now():
            return "paused"
        return "does not answer" if self.trouble is not None else plain

    @property
    def tone(self) -> str:
        """The tone of its chip."""
        tones = {"paused": "warn", "does not answer": "bad", "broken": "bad", "works": "good"}
        return tones.get(self.state, "")


def make_rows(found: Sequence[Channel]) -> list[ConnectionRow[Channel]]:
    """The words of channels; `sent`, of the query, is when one took its last message."""
    troubles = troubles_of(found)
    return [_row(channel, troubles.get(channel.pk)) for channel in found]


def _row(channel: Channel, trouble: Trouble | None) -> ChannelRow:
    kind = channels().get(channel.kind)
    is_waiting = channel.is_enabled and channel.broken_at is None
    return ChannelRow(
        connection=channel,
        label=kind.label if kind else channel.kind,
        why=shown_reason(channel) or (trouble.words if trouble else ""),
        worked_at=getattr(channel, "sent", None),
        trouble=trouble if is_waiting else None,
    )
