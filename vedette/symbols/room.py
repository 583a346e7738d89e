"""How much an event may grow while it is read: an upload decides what its frames become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_MOST_CALLS = 4000
_MOST_CHARACTERS = 4 << 20
_MOST_POINT_BYTES = 2 << 20
T = TypeVar("T")


class Room:
    """What is left of it for one event."""

    def __init__(self) -> None:
        self._calls = _MOST_CALLS
        self._characters = _MOST_CHARACTERS
        self._point_bytes = _MOST_POINT_BYTES

    def calls(self, found: Sequence[T]) -> list[T]:
        """Of the calls at an address, the innermost last, those for which there is room: always
        the innermost one."""
        kept = list(found[max(len(found) - 1 - self._calls, 0) :])
        self._calls -= max(len(kept) - 1, 0)
        return kept

    def has_text(self, lines: Sequence[str]) -> bool:
        """Whether there is room for these lines of source, which then is taken."""
        size = sum(map(len, lines))
        if size > self._characters:
            return False
        self._characters -= size
        return True

    def has_points(self, size_bytes: int) -> bool:
        """Whether there is room to read the lines of one more method, which then is taken."""
        if size_bytes > self._point_bytes:
            return False
        self._point_bytes -= size_bytes
        return True
