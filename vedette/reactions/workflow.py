"""People hear when an issue that they work on comes back."""

from __future__ import annotations

from vedette.facts import IssueSeen
from vedette.reactions import Reaction
from vedette.workflow.noting import note_regressed

REACTION = Reaction(order=35, facts=(IssueSeen,), react=note_regressed)
