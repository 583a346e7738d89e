"""A preset made into a rule about one monitor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from vedette.rules.searches import number_field
from vedette.store.errors import BadQuery
from vedette.store.query import Tag

_SHORTEST_MINUTES: Final = 10
_VALUES: Final = 3  # that the measure wants to see at least


def of_monitor(
    entry: Mapping[str, Any], monitor: str, value: str, interval: int = 60
) -> dict[str, Any]:
    """What makes a preset one for a single monitor, and for a value that it captures, which may
    be called as a field of checks is."""
    made: dict[str, Any] = {}
    if not monitor:
        return made
    made["filter"] = f'monitor:"{monitor}"'
    made["name"] = f"{entry.get('name', '')}: {monitor}".removeprefix(": ")
    if value and entry.get("source") == "check":
        made["measure"] = {"value": _written(value)}
        made["name"] = f"{value} of {monitor}"
        made["window"] = _window_for(interval)
    return made


def _written(value: str) -> str:
    """The name of a captured value; with `tags[…]` where it alone would be another field."""
    try:
        found = number_field(value, "checks")
    except BadQuery:
        found = None
    return value if isinstance(found, Tag) and found.key == value else f"tags[{value}]"


def _window_for(interval: int) -> str:
    """One in which as many values come as a rule wants to see, and one more."""
    return f"{max(_SHORTEST_MINUTES, math.ceil(interval * (_VALUES + 1) / 60))}m"
