"""Anything that calls an address now and then: a script, a device, a backup."""

from __future__ import annotations

from vedette.monitors.passive import PassiveKind
from vedette.monitors.passive._jobs import FIELDS, USUAL, check, target

KIND = PassiveKind(
    name="heartbeat",
    label="Heartbeat",
    help="An address that is called in time, whether it went well or not.",
    fields=FIELDS,
    check=check,
    usual=USUAL,
    target=target,
    sample=lambda: {"every": 5, "unit": "minute", "margin": 2},
)
