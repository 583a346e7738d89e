"""What can change about a monitor. Each change has its opposite."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class State(StrEnum):
    """How a monitor stands, as it is shown."""

    NEW = "new"
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"
    UNKNOWN = "unknown"

    @property
    def is_bad(self) -> bool:
        """Whether somebody may have to be told."""
        return self in (State.DOWN, State.DEGRADED)


BADNESS: Final = {State.NEW: 0, State.UP: 0, State.DEGRADED: 1, State.DOWN: 2}


class ChangeKind(StrEnum):
    """What happened: the first of each pair, and its opposite."""

    DOWN = "down"
    DEGRADED = "degraded"
    UP = "up"
    FLAPPING = "flapping"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    KNOWN = "known"
    MAINTENANCE = "maintenance"
    MAINTENANCE_OVER = "maintenance_over"
    PAUSED = "paused"
    RESUMED = "resumed"
    SUPPRESSED = "suppressed"
    RELEASED = "released"
    MISCONFIGURED = "misconfigured"
    CONFIGURED = "configured"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `before` and `after` are what was and is shown, alike for a flag that changed.

    `at` is when it began to be true: of a failure that took several results to be believed, the
    time of the first. `seconds` is for how long what was before was shown.
    """

    kind: ChangeKind
    at: float
    before: State
    after: State
    seconds: float = 0.0
