"""What is turned away before it is stored: the options of all inbound filters."""

from __future__ import annotations

from vedette.filters import filters
from vedette.options import OptionGroup

GROUP = OptionGroup(
    name="filters",
    label="Filters",
    help="What is turned away and only counted. Nothing is, unless it is set here. Lists hold what "
    "all places say together.",
    order=20,
    options=tuple(option for one in filters().values() for option in one.options),
)
