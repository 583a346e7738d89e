"""What is wrong with something that a person wrote: where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` names the place: `levels.warning`; `words` say what is wrong and what is right."""

    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.path}: {self.words}" if self.path else self.words


@dataclass(slots=True)
class Problems:
    """Collects them, so that all are told at once."""

    all: list[Problem] = field(default_factory=list)

    def add(self, path: str, words: str) -> None:
        """One more."""
        self.all.append(Problem(path, words))

    def __bool__(self) -> bool:
        return bool(self.all)


class RuleProblems(ValueError):
    """A rule cannot be used; `problems` has at least one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(one) for one in problems))
        self.problems = problems
