"""Channels, as files write them."""

from __future__ import annotations

from vedette.alerts.connecting import CHANNELS
from vedette.configuration._connections import kind_of

KIND = kind_of(CHANNELS, order=10)
