"""Issues of outages are resolved when these are over; after their events made or reopened them,
also where the event comes after the end."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.issues.recovering import resolve_over
from vedette.monitors.outages import lasting_groups, over_already
from vedette.reactions import Reaction
from vedette.uptime.outages import OutageBegan, OutageOver


def react(facts: Sequence[OutageBegan | OutageOver]) -> Sequence[Fact]:
    """Nothing follows but what people who work on them hear."""
    over = [fact for fact in facts if isinstance(fact, OutageOver)]
    began = [fact for fact in facts if isinstance(fact, OutageBegan)]
    told = {(fact.project_id, fact.group_id) for fact in over}
    late = [fact for fact in over_already(began) if (fact.project_id, fact.group_id) not in told]
    resolve_over([*late, *over], lasting_groups)
    return ()


REACTION = Reaction(order=15, facts=(OutageBegan, OutageOver), react=react)
