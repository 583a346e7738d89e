"""Issues of outages are resolved when these are over; after their events made or reopened them."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.issues.recovering import resolve_over
from vedette.monitors.outages import lasting_groups
from vedette.reactions import Reaction
from vedette.uptime.outages import OutageOver


def react(facts: Sequence[OutageOver]) -> Sequence[Fact]:
    """Nothing follows but what people who work on them hear."""
    resolve_over(facts, lasting_groups)
    return ()


REACTION = Reaction(order=15, facts=(OutageOver,), react=react)
