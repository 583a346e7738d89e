"""Scripts whose maps are to be fetched are written down."""

from __future__ import annotations

from vedette.artifacts.fetching import note_wanted
from vedette.facts import MapWanted
from vedette.reactions import Reaction

REACTION = Reaction(order=51, facts=(MapWanted,), react=note_wanted)
