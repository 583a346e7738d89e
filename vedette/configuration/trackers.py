"""Issue trackers, as files write them; before the channels, which name them."""

from __future__ import annotations

from vedette.configuration._connections import kind_of
from vedette.trackers.connecting import TRACKERS

KIND = kind_of(TRACKERS, order=5)
