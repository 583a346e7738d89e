"""What is turned away before it is stored: the options of all inbound filters."""

from __future__ import annotations

from dataclasses import replace

from vedette.filters import Filter, filters
from vedette.options import Option, OptionGroup


def _options(one: Filter) -> list[Option]:
    """Its options; the first says what the filter does."""
    first, *others = one.options
    return [replace(first, help=f"{one.help} {first.help}".strip()), *others]


GROUP = OptionGroup(
    name="filters",
    label="Filters",
    help="What is turned away and only counted. Nothing is, unless it is set here. Lists hold what "
    "all places say together.",
    order=20,
    options=tuple(option for one in filters().values() for option in _options(one)),
)
