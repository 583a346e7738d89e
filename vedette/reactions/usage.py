"""What came in is added up, for budgets and for what is usual."""

from __future__ import annotations

from vedette.facts import UsageSeen, VolumeSeen
from vedette.reactions import Reaction
from vedette.usage.recording import record

REACTION = Reaction(order=4, facts=(UsageSeen, VolumeSeen), react=record)
