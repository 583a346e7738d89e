"""Events make releases; before the issues, which look at them."""

from __future__ import annotations

from vedette.facts import ReleaseSeen
from vedette.reactions import Reaction
from vedette.releases.recording import record_releases

REACTION = Reaction(order=5, facts=(ReleaseSeen,), react=record_releases)
