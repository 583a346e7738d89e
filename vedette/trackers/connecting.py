"""How trackers are configured."""

from __future__ import annotations

from vedette.connections.family import Family, Option, is_on
from vedette.trackers.hosts import hosts
from vedette.trackers.models import Tracker


def _switch(name: str, label: str) -> Option:
    """One of the switches by which issues are kept in step."""
    return Option(name=name, column=name, label=label, kind="check", default=True)


TRACKERS = Family(
    name="trackers",
    noun="tracker",
    model=Tracker,
    kinds=hosts,
    options=(
        _switch("closes", "Close the issue there when this side is resolved"),
        _switch("reopens", "Open it again there when it comes back here"),
        _switch("follows", "Resolve here what is closed there, and unresolve what is opened again"),
        is_on("tracker"),
    ),
)
