"""Alert rules about what happens once fire with the event that makes it happen."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.alerts.edges import react as fire
from vedette.facts import Fact, IssueSeen, RowMatched
from vedette.reactions import Reaction


def react(facts: Sequence[IssueSeen | RowMatched]) -> Sequence[Fact]:
    """Alerts and their messages; nothing follows."""
    fire(facts)
    return ()


REACTION = Reaction(order=65, facts=(IssueSeen, RowMatched), react=react)
