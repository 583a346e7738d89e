"""So many of others: up while enough of them answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.monitors.passive import PassiveKind
from vedette.probing.kinds import ProbeField, Settings
from vedette.uptime.composite import at_least, members_of


def check(settings: Settings) -> Mapping[str, str]:
    """There have to be some, and no more of them wanted than there are."""
    given = settings.get("monitors")
    if not isinstance(given, list) or not given or not all(isinstance(o, str) for o in given):
        return {"monitors": "the monitors of which it is made, at least one"}
    wanted: Any = settings.get("at_least") or 1
    if not isinstance(wanted, int) or not 1 <= wanted <= len(members_of(settings)):
        return {"at_least": "a number up to that of the monitors"}
    return {}


def target(settings: Settings) -> str:
    """How many of how many."""
    return f"{at_least(settings)} of {len(members_of(settings))} monitors"


KIND = PassiveKind(
    name="composite",
    label="Composite",
    help="Up while at least so many of other monitors answer.",
    fields=(
        ProbeField(
            name="monitors",
            label="Monitors",
            help="Of the same project, one a line.",
            form="lines",
            default=(),
            is_needed=True,
        ),
        ProbeField(
            name="at_least",
            label="At least",
            help="How many have to answer; all if empty.",
            form="number",
            default=0,
        ),
    ),
    check=check,
    target=target,
    sample=lambda: {"monitors": ["eu", "us", "asia"], "at_least": 2},
)
