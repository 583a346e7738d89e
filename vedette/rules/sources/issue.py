"""Issues: their first event, their return.

Outages are told by rules about monitors, so they are left out unless a rule asks for them.
"""

from __future__ import annotations

from vedette.own_events import OUTAGES
from vedette.rules.sources import Source

SOURCE = Source(
    name="issue",
    help="issues, when they begin, come back or grow",
    noun=("issue", "issues"),
    table="errors",
    if_named=OUTAGES,
    measures=("edge",),
    edges=("first_seen", "regressed", "escalating"),
)
