"""Issues that come back are counted to the release that brought them back."""

from __future__ import annotations

from vedette.facts import IssueSeen
from vedette.reactions import Reaction
from vedette.releases.regressing import record_regressions

REACTION = Reaction(order=30, facts=(IssueSeen,), react=record_regressions)
