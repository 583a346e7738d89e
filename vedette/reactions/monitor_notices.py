"""Owners of monitors hear of certificates that end soon, and of checks that cannot be made."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.monitors.notices import note
from vedette.reactions import Reaction
from vedette.uptime.facts import CertificateEnds, MonitorChanged


def react(facts: Sequence[CertificateEnds | MonitorChanged]) -> Sequence[Fact]:
    """Rows for the loop that sends them; nothing follows."""
    note(facts)
    return ()


REACTION = Reaction(order=68, facts=(CertificateEnds, MonitorChanged), react=react)
