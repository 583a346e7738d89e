"""Events make issues, or are counted to the issue that their group belongs to."""

from __future__ import annotations

from vedette.facts import EventSeen
from vedette.issues.recording import record_events
from vedette.reactions import Reaction

REACTION = Reaction(order=10, facts=(EventSeen,), react=record_events)
