"""What the pipeline counted for alert rules is added to their windows."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.alerts.counters import record
from vedette.alerts.rules import oldest_bucket
from vedette.facts import Fact, RowsCounted
from vedette.reactions import Reaction


def react(facts: Sequence[RowsCounted]) -> Sequence[Fact]:
    """Nothing follows at once: rules look at their windows by the clock."""
    record(facts, oldest=oldest_bucket())
    return ()


REACTION = Reaction(order=60, facts=(RowsCounted,), react=react)
