"""The logic of a search: AND binds tighter than OR, neighbours are ANDed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from vedette.search.errors import SearchError
from vedette.search.tree import Connective, Group, Part, Query, Term


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold; true for none."""

    of: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds. There are always two or more."""

    of: tuple[Clause, ...]


Clause: TypeAlias = Term | Every | Some


def clause(query: Query) -> Clause:
    """The meaning of a search.

    Raises SearchError for an AND or OR with an empty side, and for a term with a problem.
    """
    for term in query.terms():
        if term.problem:
            raise SearchError(term.problem, term.start, term.end)
    return _clause(query.parts) if query.parts else Every(())


def terms(found: Clause) -> Iterator[Term]:
    """Every term of a clause, in order."""
    if isinstance(found, Term):
        yield found
    else:
        for part in found.of:
            yield from terms(part)


def _clause(parts: tuple[Part, ...]) -> Clause:
    alternatives: list[list[Clause]] = [[]]
    awaiting: Connective | None = None
    for part in parts:
        if isinstance(part, Connective):
            if awaiting is not None or not alternatives[-1]:
                raise _one_sided(part)
            awaiting = part
            if part.word == "OR":
                alternatives.append([])
            continue
        awaiting = None
        alternatives[-1].append(_clause(part.parts) if isinstance(part, Group) else part)
    if awaiting is not None:
        raise _one_sided(awaiting)
    every = [one[0] if len(one) == 1 else Every(tuple(one)) for one in alternatives]
    return every[0] if len(every) == 1 else Some(tuple(every))


def _one_sided(part: Connective) -> SearchError:
    return SearchError(
        f"{part.word} needs a condition on both sides; to search for the word, put it in quotes.",
        part.start,
        part.end,
    )
