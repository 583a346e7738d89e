"""A monitor that is down is an issue until it is well again: what is told is noted for that."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.monitors.outages import note_told
from vedette.reactions import Reaction
from vedette.uptime.facts import MonitorTold


def react(facts: Sequence[MonitorTold]) -> Sequence[Fact]:
    """Rows for the loop that sends them; nothing follows."""
    note_told(facts)
    return ()


REACTION = Reaction(order=67, facts=(MonitorTold,), react=react)
