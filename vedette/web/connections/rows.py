"""A connection and how it does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from vedette.connections.family import Row


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
        if not self.connection.is_enabled:
            return "off"
        if self.connection.broken_at is not None:
            return "broken"
        return "works" if self.worked_at is not None else "not tried yet"

    @property
    def tone(self) -> str:
        """The tone of its chip."""
        return {"broken": "bad", "works": "good"}.get(self.state, "")
