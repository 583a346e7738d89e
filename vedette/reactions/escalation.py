"""Archived issues that become frequent come back."""

from __future__ import annotations

from vedette.facts import IssueSeen
from vedette.issues.escalation import count
from vedette.reactions import Reaction

REACTION = Reaction(order=20, facts=(IssueSeen,), react=count)
