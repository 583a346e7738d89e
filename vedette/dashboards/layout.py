"""Where widgets stand: cells of a grid, nothing over anything else, everything as high as it can.

Pure logic, the same that the grid in the browser follows (`instruments/grid`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

COLUMNS: Final = 12
MOST_HEIGHT: Final = 12
MOST_ROWS: Final = 160


class Place(Struct, frozen=True):
    """The upper left cell, counted from 0, and the size in cells."""

    x: int
    y: int
    w: int
    h: int

    @property
    def bottom(self) -> int:
        """The first row below."""
        return self.y + self.h

    def meets(self, other: Place) -> bool:
        """Whether both cover a cell."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def at_row(self, y: int) -> Place:
        """The same in another row."""
        return Place(self.x, y, self.w, self.h)


def fitted(place: Place) -> Place:
    """Within the grid: moved, and made smaller where it must be."""
    w, h = min(max(place.w, 1), COLUMNS), min(max(place.h, 1), MOST_HEIGHT)
    return Place(min(max(place.x, 0), COLUMNS - w), max(place.y, 0), w, h)


def settled(places: Sequence[Place]) -> list[Place]:
    """Each moved down until it covers nothing that stands before it, then up until it is stopped.

    What stands higher, then further left, goes first. Settling twice changes nothing more.
    """
    found: dict[int, Place] = {}
    wanted = [fitted(place) for place in places]
    for at in sorted(range(len(wanted)), key=lambda at: (wanted[at].y, wanted[at].x, at)):
        found[at] = _stopped(wanted[at], found.values())
    return [found[at] for at in range(len(wanted))]


def free_place(places: Sequence[Place], w: int, h: int) -> Place:
    """The first place, row by row, where so large a widget covers nothing."""
    size = fitted(Place(0, 0, w, h))
    bottom = bottom_of(places)
    for y in range(bottom):
        for x in range(COLUMNS - size.w + 1):
            place = Place(x, y, size.w, size.h)
            if not any(place.meets(other) for other in places):
                return place
    return size.at_row(bottom)


def bottom_of(places: Iterable[Place]) -> int:
    """The first row below all of them."""
    return max((place.bottom for place in places), default=0)


def _stopped(place: Place, others: Iterable[Place]) -> Place:
    held = list(others)
    y = place.y
    while any(place.at_row(y).meets(other) for other in held):
        y += 1
    while y > 0 and not any(place.at_row(y - 1).meets(other) for other in held):
        y -= 1
    return place.at_row(y)
