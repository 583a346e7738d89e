"""Alert rules about monitors fire, and their alerts end, with what is told of a monitor."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.alerts.states import react as tell
from vedette.facts import Fact
from vedette.reactions import Reaction
from vedette.uptime.facts import MonitorTold


def react(facts: Sequence[MonitorTold]) -> Sequence[Fact]:
    """Alerts and their messages; nothing follows."""
    tell(facts)
    return ()


REACTION = Reaction(order=66, facts=(MonitorTold,), react=react)
