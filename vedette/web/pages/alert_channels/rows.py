"""A channel and how it does, in words."""

from __future__ import annotations

from vedette.alerts.deliveries import shown_reason
from vedette.alerts.models import Channel
from vedette.channels import channels
from vedette.web.connections.rows import ConnectionRow


def make_row(channel: Channel) -> ConnectionRow[Channel]:
    """The words of one channel; `sent`, of the query, is when it took its last message."""
    kind = channels().get(channel.kind)
    return ConnectionRow(
        connection=channel,
        label=kind.label if kind else channel.kind,
        why=shown_reason(channel),
        worked_at=getattr(channel, "sent", None),
    )
