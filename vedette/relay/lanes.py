"""Whose turn it is: what known senders have sent, or what strangers have.

Known senders go first. One turn in four is the strangers' where they wait, so that none waits for
ever, and one connection is never theirs, however slowly the upstream answers them.
"""

from __future__ import annotations

_MOST_IN_A_ROW = 3


class Lanes:
    """Counts turns, and what is under way."""

    def __init__(self, connections: int) -> None:
        self._most_strangers = max(connections - 1, 1)
        self._strangers = 0
        self._in_a_row = 0

    def in_turn(self) -> tuple[bool, ...]:
        """Whether known ones are to be asked for, in this order."""
        if self._strangers >= self._most_strangers:
            return (True,)
        return (True, False) if self._in_a_row < _MOST_IN_A_ROW else (False, True)

    def begin(self, *, is_known: bool) -> None:
        """One of these is under way."""
        self._in_a_row = self._in_a_row + 1 if is_known else 0
        self._strangers += not is_known

    def end(self, *, is_known: bool) -> None:
        """It is no longer, as whatever it began."""
        self._strangers -= not is_known
