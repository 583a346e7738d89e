"""A connection and how it does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from vedette.connections.family import Row
from vedette.connections.models import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow(Generic[Row]):
    """A connection and how it does. `why` says why it is broken, without its secrets."""

    connection: Row
    label: str
    why: str
    worked_at: datetime | None

    @property
    def state(self) -> str:
        """One word or a few."""
        return state_of(self.connection, has_worked=self.worked_at is not None)

    @property
    def tone(self) -> str:
        """The tone of its chip."""
        return {"broken": "bad", "works": "good"}.get(self.state, "")


def state_of(connection: Connection, *, has_worked: bool) -> str:
    """What is known of a connection by itself."""
    if not connection.is_enabled:
        return "off"
    if connection.broken_at is not None:
        return "broken"
    return "works" if has_worked else "not tried yet"
