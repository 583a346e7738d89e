"""Which projects a question may see. Without one no question can be made.

Only access control grants one: `vedette.access` for people and tokens, and `of_system` for what
the system asks for itself. A test holds the list of callers.
Anyone may narrow what was granted; nobody can widen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, init=False)
class VisibleProjects:
    """The ids of the projects that may be seen, in order; None for all of them."""

    ids: tuple[int, ...] | None

    def __init__(self) -> None:
        raise TypeError("only access control grants VisibleProjects")

    @classmethod
    def granted(cls, ids: Iterable[int]) -> Self:
        """What a person or token may see. For access control only."""
        return cls._make(tuple(sorted(set(ids))))

    @classmethod
    def of_system(cls) -> Self:
        """Every project: for the system's own loops and checks, whose answers nobody sees."""
        return cls._make(None)

    def only(self, ids: Iterable[int]) -> Self:
        """Those of the projects that may be seen anyway."""
        wanted = set(ids)
        kept = wanted if self.ids is None else wanted.intersection(self.ids)
        return self._make(tuple(sorted(kept)))

    @property
    def is_everything(self) -> bool:
        """Whether no project is left out."""
        return self.ids is None

    def __contains__(self, project_id: int) -> bool:
        return self.ids is None or project_id in self.ids

    def __bool__(self) -> bool:
        return self.ids is None or bool(self.ids)

    def __iter__(self) -> Iterator[int]:
        """The ids, in order. Raises TypeError where they are not listed."""
        if self.ids is None:
            raise TypeError("the system's view lists no projects")
        return iter(self.ids)

    @classmethod
    def _make(cls, ids: tuple[int, ...] | None) -> Self:
        made = object.__new__(cls)
        object.__setattr__(made, "ids", ids)
        return made
