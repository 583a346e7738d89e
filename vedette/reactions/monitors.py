"""Checks of monitors are judged."""

from __future__ import annotations

from vedette.monitors.judgement import react
from vedette.reactions import Reaction
from vedette.uptime.facts import MonitorChecked

REACTION = Reaction(order=40, facts=(MonitorChecked,), react=react)
