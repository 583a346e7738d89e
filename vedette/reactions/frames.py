"""Frames that were read through source maps, or not, are counted."""

from __future__ import annotations

from vedette.artifacts.tallying import tally_frames
from vedette.facts import FramesRead
from vedette.reactions import Reaction

REACTION = Reaction(order=50, facts=(FramesRead,), react=tally_frames)
