"""A search for replays: a replay is found where some of its rows fulfil each term.

What an event says and what a recording holds are different rows of a replay, so each term is
asked of all of them: `key:x` of any, `!key:x` of none. Counts are of the whole replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from vedette.items._replays import REPLAYS
from vedette.search.clauses import Clause, Every, clause
from vedette.search.compile import compile_clause
from vedette.search.errors import BadValue, SearchError
from vedette.search.escapes import literal
from vedette.search.fields import fields_of
from vedette.search.operators import operators
from vedette.search.parse import parse
from vedette.search.releases import NoReleases, Releases
from vedette.search.rules import World
from vedette.search.targets import Ordered, hex_id, number
from vedette.search.tree import Operator, Term
from vedette.search.vocabulary import EVENTS, Vocabulary, with_fields
from vedette.store.query import (
    All,
    Call,
    Compare,
    Condition,
    Contains,
    Either,
    Expression,
    Field,
    call,
)

SUMMED: Final = (
    *("errors", "clicks", "dead_clicks", "rage_clicks", "slow_clicks", "console_errors"),
    *("failed_requests", "navigations", "hydrate_errors", "mutations"),
)
_POSITIVE: dict[Operator, Operator] = {"!=": "=", "NOT IN": "IN"}
_FREE_TEXT = ("urls", "user_id", "user_email", "user_username", "marks")


def vocabulary() -> Vocabulary:
    """What the search of replays knows."""
    return with_fields(EVENTS, fields_of(REPLAYS.name))


def total(column: str) -> Call:
    """How many there are in all segments of a replay."""
    return call("coalesce", call("sum", Field(column)), 0)


def compile_replay_search(
    text: str, *, projects: Mapping[str, int], releases: Releases | None = None
) -> Condition:
    """The condition on replays as groups of rows. Raises SearchError."""
    world = World(fields_of(REPLAYS.name), projects, releases or NoReleases())
    return _compiled(clause(parse(text, vocabulary())), world)


def _compiled(found: Clause, world: World) -> Condition:
    if isinstance(found, Term):
        return _term(found, world)
    parts = [_compiled(part, world) for part in found.of]
    return All(parts) if isinstance(found, Every) else Either(parts)


def _term(term: Term, world: World) -> Condition:
    column = world.fields.column(term.key)
    if column is not None and column.name in SUMMED and not term.is_free_text:
        return _counted(term, total(column.name))
    is_negated = term.operator in _POSITIVE
    if term.value == "":  # `has:key` is the opposite of a value that is empty
        is_negated = not is_negated
        wanted = replace(term, operator="!=")
    else:
        wanted = replace(term, operator=_POSITIVE.get(term.operator, term.operator))
    rows = _anywhere(wanted) if term.is_free_text else compile_clause(wanted, world)
    return Compare(call("count_if", rows), "=" if is_negated else ">", 0)


def _counted(term: Term, figure: Expression) -> Condition:
    try:
        return operators()[term.operator].condition(Ordered(term.key, figure, number), term)
    except BadValue as error:
        raise SearchError(f"{error}.", term.start, term.end) from None


def _anywhere(term: Term) -> Condition:
    """Free text: in addresses, in what is known of the user, in marks and tags; or an id."""
    text = str(term.value)
    fields: list[Expression] = [Field(name) for name in _FREE_TEXT]
    if term.is_wildcard:
        return Contains(fields, text.strip("*"), tags=True, is_pattern=True)
    words = Contains(fields, literal(text), tags=True)
    digits = hex_id(text)
    if digits is None:
        return words
    of_others: list[Expression] = [Field("error_ids"), Field("trace_ids")]
    return Either([Compare(Field("replay_id"), "=", digits), Contains(of_others, digits), words])
