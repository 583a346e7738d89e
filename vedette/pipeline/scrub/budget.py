"""How much work one payload may cost: a bound on looks, edits and so on time and memory.

A unit is one look at a string or at one piece of it that could be a secret. What a sender
means to be read stays far below; a text written to keep a scrubber busy is cut.
"""

from __future__ import annotations

_BASE = 4096
_BASE_OF_PAGES = 1 << 17  # some ten thousand addresses of e-mail, as lists of customers hold
_BYTES_PER_UNIT = 32


class BudgetSpent(Exception):
    """What is looked at now would cost more than is left for it."""


class TooCostly(Exception):
    """A payload that cannot be scrubbed within its budget, even with its texts cut."""


class Budget:
    """The units that are left for a payload of `size` bytes; more where it holds whole pages."""

    __slots__ = ("_floor", "_left", "_whole")

    def __init__(self, size: int, *, of_pages: bool = False) -> None:
        base = _BASE_OF_PAGES if of_pages else _BASE
        self._left = self._whole = base + size // _BYTES_PER_UNIT
        self._floor = 0

    def spend(self, units: int = 1) -> None:
        """Take units. Raises BudgetSpent if there are not so many."""
        if self._left - units < self._floor:
            raise BudgetSpent
        self._left -= units

    def spend_part(self, part: float) -> None:
        """Take this part of what there was at first. Raises BudgetSpent if there is less."""
        self.spend(int(part * self._whole))

    def share(self) -> int:
        """From now on only half may be spent: no member and no text takes it all.

        Returns what `restore` wants to end this.
        """
        floor = self._floor
        self._floor = (self._left + floor) // 2
        return floor

    def restore(self, floor: int) -> None:
        """End what began with the `share` that gave `floor`."""
        self._floor = floor
