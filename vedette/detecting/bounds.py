"""How many problems are told: the rest of a flood says nothing new, and takes room from errors."""

from __future__ import annotations

from collections import Counter

from vedette import clock

MOST_OF_ONE = 25  # events of one problem in one turn
MOST_KINDS = 200  # different problems of a project in an hour
Problem = tuple[str, ...]


class Bounds:
    """Counts what was told. For one thread."""

    def __init__(self, *, most_of_one: int = MOST_OF_ONE, most_kinds: int = MOST_KINDS) -> None:
        self._most_of_one = most_of_one
        self._most_kinds = most_kinds
        self._turn: Counter[tuple[int, Problem]] = Counter()
        self._hour = 0
        self._kinds: dict[int, set[Problem]] = {}

    def begin(self) -> None:
        """A new turn."""
        self._turn.clear()
        hour = int(clock.timestamp()) // 3600
        if hour != self._hour:
            self._hour, self._kinds = hour, {}

    def takes(self, project_id: int, problem: Problem) -> bool:
        """Whether one more event of it may be told; counts it if so."""
        kinds = self._kinds.setdefault(project_id, set())
        if problem not in kinds and len(kinds) >= self._most_kinds:
            return False
        if self._turn[project_id, problem] >= self._most_of_one:
            return False
        kinds.add(problem)
        self._turn[project_id, problem] += 1
        return True
