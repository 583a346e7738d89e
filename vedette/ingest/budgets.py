"""What is left of each budget, as the door knows it: sums of the metadata, and what it took since.

What was taken since is kept in windows of half a second with the place in the spool where each
ends; a window is let go once the sums hold everything up to there. So nothing counts twice or
never, however far behind the pipeline is. For the event loop's thread only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from vedette import clock, items
from vedette.options._limits import Limit, Owner, begin_of, end_of, reason_of
from vedette.wire.limits import RateLimit

_MOST_RETRY_SECONDS: Final = 600  # who is given more meanwhile is heard again by then
_MOST_WINDOWS: Final = 1000
Place: TypeAlias = tuple[Owner, int]
Taken: TypeAlias = dict[tuple[int, str], list[int]]  # project and category: number and bytes


@dataclass(slots=True)
class Budget:
    """A limit with what was used of it. `begin` and `end` are of the period that is counted."""

    owner: Owner
    limit: Limit
    begin: int
    used: int = 0
    owner_id: int = 0
    end: int = field(init=False)
    reason: str = field(init=False)

    def __post_init__(self) -> None:
        self.end = end_of(self.limit.period, self.begin)
        self.reason = reason_of(self.owner, self.limit)

    def is_over(self, now: float) -> bool:
        """Whether nothing more may come in now."""
        if now >= self.end:
            self.begin = begin_of(self.limit.period, now)
            self.end, self.used = end_of(self.limit.period, self.begin), 0
        return self.used >= self.limit.most


Held: TypeAlias = Mapping[int, Mapping[str, tuple[Budget, ...]]]  # by project and category


@dataclass(frozen=True, slots=True)
class Standing:
    """Every budget as one moment of the metadata has it; `positions` are how far that goes, by
    writer of the spool."""

    budgets: Held = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Window:
    began: float
    taken: Taken
    ends: Mapping[str, int]


class Budgets:
    """Says what is over, and counts what is taken."""

    def __init__(self) -> None:
        self._held: Held = {}
        self._windows: list[_Window] = []
        self._taken: Taken = {}
        self._began = clock.timestamp()

    def of(self, project_id: int) -> Mapping[str, tuple[Budget, ...]] | None:
        """The budgets that hold for a project, by category; None for nearly all projects."""
        return self._held.get(project_id)

    def refusal(self, project_id: int, category: str) -> RateLimit | None:
        """The limit that is used up for longest; None if there is room under all."""
        held = self._held.get(project_id)
        if held is None:
            return None
        now = clock.timestamp()
        over = [budget for budget in held.get(category, ()) if budget.is_over(now)]
        if not over:
            return None
        last = max(over, key=lambda budget: budget.end)
        return RateLimit(
            min(int(last.end - now) + 1, _MOST_RETRY_SECONDS),
            items.names_of(category),
            "project" if last.owner == "project" else "organization",
            last.reason,
        )

    def take(self, project_id: int, category: str, quantity: int, size_bytes: int) -> None:
        """Count what is let in."""
        held = self._held.get(project_id)
        budgets = held.get(category, ()) if held is not None else ()
        if not budgets:
            return
        for budget in budgets:
            budget.used += size_bytes if budget.limit.is_bytes else quantity
        taken = self._taken.setdefault((project_id, category), [0, 0])
        taken[0] += quantity
        taken[1] += size_bytes

    def close_window(self, ends: Mapping[str, int]) -> None:
        """What was taken so far lies before these places of the spool."""
        if self._taken:
            self._windows.append(_Window(self._began, self._taken, ends))
            self._taken = {}
            if len(self._windows) > _MOST_WINDOWS:
                self._join_oldest()
        self._began = clock.timestamp()

    def renew(self, standing: Standing) -> None:
        """Take over what the metadata says, with what it cannot know yet."""
        positions = standing.positions
        if not standing.budgets:
            self._windows.clear()
            self._taken.clear()
        self._windows = [
            window
            for window in self._windows
            if any(positions.get(writer, 0) < end for writer, end in window.ends.items())
        ]
        self._held = standing.budgets
        for window in self._windows:
            self._add(window.taken, window.began)
        self._add(self._taken, self._began)

    def _join_oldest(self) -> None:
        """Take two windows as one: the metadata has been away for long."""
        first, second = self._windows[:2]
        for name, (quantity, size_bytes) in first.taken.items():
            taken = second.taken.setdefault(name, [0, 0])
            taken[0] += quantity
            taken[1] += size_bytes
        del self._windows[0]

    def _add(self, taken: Taken, began: float) -> None:
        for (project_id, category), (quantity, size_bytes) in taken.items():
            for budget in self._held.get(project_id, {}).get(category, ()):
                if budget.begin <= began:
                    budget.used += size_bytes if budget.limit.is_bytes else quantity
