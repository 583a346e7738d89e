"""The groups that this process has met: what is told of a group once need not be told again."""

from __future__ import annotations

from typing import Final

_MOST: Final = 100_000


class MetGroups:
    """A bounded memory of group numbers. For one thread.

    While `tells_all`, every group is new: events of one group may come from several former ones.
    """

    def __init__(self) -> None:
        self.tells_all = False
        self._met: set[int] = set()

    def is_new(self, group_id: int) -> bool:
        """True the first time a group is asked for, and again after it was forgotten."""
        if self.tells_all:
            return True
        if group_id in self._met:
            return False
        if len(self._met) >= _MOST:
            self._met.clear()
        self._met.add(group_id)
        return True

    def forget(self) -> None:
        """Forget all: what was told may not have arrived."""
        self._met.clear()
