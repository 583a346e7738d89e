"""Issues that wait for the next release get the one that appeared; after issues are locked."""

from __future__ import annotations

from vedette.facts import ReleaseAppeared
from vedette.reactions import Reaction
from vedette.releases.resolving import bind_appeared

REACTION = Reaction(order=30, facts=(ReleaseAppeared,), react=bind_appeared)
