"""Where a node stands, in whatever language."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Where a node stands: positions in the lists of the file's facts, -1 for none."""

    function: int = -1
    owner: int = -1
    tried: int = -1
    handler: int = -1
    is_loop: bool = False  # a loop of the same function is around it


TOP = Place()
