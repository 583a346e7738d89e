"""What came with keys is noted, for the page that says why nothing arrives."""

from __future__ import annotations

from vedette.facts import KeyUsed
from vedette.projects.uses import record_uses
from vedette.reactions import Reaction

REACTION = Reaction(order=3, facts=(KeyUsed,), react=record_uses)
