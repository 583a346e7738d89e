"""The search of an exploration: conditions on rows, and on what groups of rows come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from vedette.explore.datasets import Dataset
from vedette.explore.fields import read_column
from vedette.search.clauses import Clause, Every, clause, terms
from vedette.search.compile import compile_clause
from vedette.search.errors import SearchError
from vedette.search.parse import parse
from vedette.search.releases import NoReleases, Releases
from vedette.search.rules import World
from vedette.search.targets import microseconds
from vedette.search.tree import Term
from vedette.search.vocabulary import EVENTS, ValueKind, Vocabulary, with_fields
from vedette.store.errors import BadQuery
from vedette.store.query import All, Compare, Condition, Either

_KINDS = {
    "duration": ValueKind.DURATION,
    "date": ValueKind.TIME,
    "percentage": ValueKind.NUMBER,
}


@dataclass(frozen=True, slots=True)
class Found:
    """Conditions on rows, and on groups."""

    where: Condition
    having: tuple[Condition, ...]


def vocabulary_of(dataset: Dataset) -> Vocabulary:
    """What the search of a dataset knows: its fields, and what its aggregates give."""

    def kind_of_call(key: str) -> ValueKind | None:
        try:
            return _KINDS.get(read_column(key, dataset).kind, ValueKind.NUMBER)
        except BadQuery:
            return None

    return replace(with_fields(EVENTS, dataset.fields), kind_of_call=kind_of_call)


def read_search(
    text: str,
    dataset: Dataset,
    *,
    projects: Mapping[str, int] | None = None,
    releases: Releases | None = None,
    issues: Callable[[str], Condition] | None = None,
) -> Found:
    """Aggregates stand beside other conditions, or alone between AND and OR. Raises SearchError.

    `issues` makes the condition on the events of an issue, as `vedette.search.rules.World` says.
    """
    world = World(dataset.fields, projects or {}, releases or NoReleases(), issues)
    found = clause(parse(text, vocabulary_of(dataset)))
    parts = found.of if isinstance(found, Every) else (found,)
    rows = [part for part in parts if not _has_aggregate(part)]
    groups = [part for part in parts if _has_aggregate(part)]
    return Found(
        All([compile_clause(part, world) for part in rows]),
        tuple(_having(part, dataset) for part in groups),
    )


def _has_aggregate(part: Clause) -> bool:
    return any(term.is_aggregate for term in terms(part))


def _having(part: Clause, dataset: Dataset) -> Condition:
    if isinstance(part, Term):
        return _compared(part, dataset)
    parts = [_having(one, dataset) for one in part.of]
    return All(parts) if isinstance(part, Every) else Either(parts)


def _compared(term: Term, dataset: Dataset) -> Condition:
    if not term.is_aggregate:
        raise SearchError(
            f"{term.key} is about single {dataset.noun[1]}: it cannot stand with OR beside what "
            "groups of them come to.",
            term.start,
            term.end,
        )
    try:
        column = read_column(term.key, dataset)
    except BadQuery as error:
        raise SearchError(f"{error}.", term.start, term.end) from None
    value = microseconds(term.value) if isinstance(term.value, datetime) else term.value
    operator = term.operator
    if not isinstance(value, int | float) or operator == "IN" or operator == "NOT IN":
        raise SearchError(f"{term.key} needs a number.", term.start, term.end)
    return Compare(column.expression, operator, value)
