"""How a monitor stands: all that is remembered of earlier results, small enough for a row."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vedette.uptime.changes import State

MOST_HISTORY: Final = 60


class Standing(msgspec.Struct, omit_defaults=True):
    """What the next result is judged by. Functions here return a new one.

    `raw` follows the results; `held` is shown instead while it flaps. Over both lie, in this
    order: paused, maintenance, nothing known. `history` has a letter for each of the last
    results, newest last: o, s (slow or degraded), f; a capital where `raw` changed by it.
    `fresh` counts the results since it came up. `judged_at` is the due time of the last result,
    `known_at` of the last that said something. `told` is the bad state that people know of,
    `told_why` the reason that they heard last.
    `is_misconfigured`: the last check could not be made with the settings as they are.
    """

    raw: State = State.NEW
    held: State | None = None
    since: float = 0.0
    fails: int = 0
    oks: int = 0
    slows: int = 0
    quicks: int = 0
    failed_at: float = 0.0
    ok_at: float = 0.0
    slow_at: float = 0.0
    history: str = ""
    fresh: int = 0
    judged_at: float = 0.0
    known_at: float = 0.0
    is_flapping: bool = False
    is_paused: bool = False
    in_maintenance: bool = False
    is_stalled: bool = False
    is_misconfigured: bool = False
    told: State | None = None
    told_why: str = ""
    suppressed_by: int | None = None
    release_at: float | None = None
    hold_until: float = 0.0

    @property
    def measured(self) -> State:
        """What the results say, held while it flaps."""
        return self.held or self.raw

    @property
    def shown(self) -> State:
        """What is shown."""
        if self.is_paused:
            return State.PAUSED
        if self.in_maintenance:
            return State.MAINTENANCE
        return State.UNKNOWN if self.is_stalled else self.measured

    @property
    def is_verifying(self) -> bool:
        """Whether a failure waits to be believed."""
        return self.fails > 0 and self.raw is not State.DOWN

    @property
    def is_in_trouble(self) -> bool:
        """Whether what depends on it may fail because of it."""
        return not self.is_paused and (self.raw is State.DOWN or self.fails > 0)

    def changed(self, **values: Any) -> Standing:
        """The same but for these."""
        made = copy.copy(self)
        for name, value in values.items():
            setattr(made, name, value)
        return made


def read_standing(kept: Mapping[str, Any]) -> Standing:
    """Of what `write_standing` wrote."""
    return msgspec.convert(kept, Standing)


def write_standing(standing: Standing) -> dict[str, Any]:
    """For a row; what is at its default is left out."""
    made: dict[str, Any] = msgspec.to_builtins(standing)
    return made
