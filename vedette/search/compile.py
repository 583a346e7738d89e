"""A search for events to a condition of the store."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vedette.search.clauses import Clause, Every, clause
from vedette.search.errors import BadValue, SearchError
from vedette.search.fields import Fields, fields_of
from vedette.search.grammar import shapes
from vedette.search.issue_keys import EVENT_SPELLINGS, SPELLINGS
from vedette.search.operators import operators
from vedette.search.releases import NoReleases, Releases
from vedette.search.rules import TITLE, World, anywhere, has_rule, rule_for
from vedette.search.shapes import Filter
from vedette.search.targets import (
    Flag,
    Identifier,
    Matched,
    Ordered,
    Target,
    Text,
    Whichever,
    microseconds,
    number,
)
from vedette.search.tree import Query, Term
from vedette.search.vocabulary import EVENTS, ValueKind, named_tag
from vedette.store.query import (
    All,
    Compare,
    Condition,
    Either,
    Expression,
    Field,
    Present,
    Tag,
    call,
)
from vedette.store.table import Column, ColumnType

# What an event says in a field of its own. SDKs send no tag of such a name, and these are asked
# for so often that looking for one would cost more than it finds.
_NEVER_TAGS = frozenset(
    ("dist", "environment", "event_type", "level", "platform", "project", "release")
)


def compile_event_search(
    query: Query,
    fields: Fields | None = None,
    *,
    projects: Mapping[str, int] | None = None,
    releases: Releases | None = None,
) -> Condition:
    """The condition under which an event is found.

    `fields` are those of the table that is asked, by default the errors; `projects` gives the
    ids behind `project:` by short name, `releases` the order of releases. Raises SearchError
    for keys that describe issues, aggregates, values that can never be, and an AND or OR with
    an empty side.
    """
    world = World(fields or fields_of(), projects or {}, releases or NoReleases())
    return compile_clause(clause(query), world)


def compile_clause(found: Clause, world: World) -> Condition:
    """The condition of one clause of a search."""
    if isinstance(found, Term):
        return _term(found, world)
    parts = [compile_clause(part, world) for part in found.of]
    if len(parts) == 1:
        return parts[0]
    return All(parts) if isinstance(found, Every) else Either(parts)


def key_expression(written: str, fields: Fields | None = None) -> Expression | None:
    """What holds the values of a key of these fields (the errors'), as it stands before the colon.

    None for keys whose values are no list to choose from: times, aggregates, issues' own.
    """
    known = fields or fields_of()
    key = _key(_TYPED.sub(r",\1]", written))
    if (tag := named_tag(key)) is not None:
        return Tag(tag[0], is_number=tag[1] is ValueKind.NUMBER)
    column = known.column(key)
    if column is not None:
        return None if column.type is ColumnType.TIME else _column_or_tag(key, column)
    if _is_measurement(key, known):
        return Tag(key, is_number=True)
    if key == "title" and known.column("error.type") is not None:
        return TITLE
    if key in SPELLINGS or has_rule(key) or EVENTS.kind_of(key) is not ValueKind.TEXT:
        return None
    return Tag(key)


def _column_or_tag(key: str, column: Column) -> Expression:
    """A column; before one of another name goes the tag that is called so: people's own
    `error_type` is what they mean, the exception's class where they send none."""
    field = Field(column.name)
    is_alias = column.type is ColumnType.TEXT and key.isidentifier() and key != column.name
    return call("coalesce", Tag(key), field) if is_alias and key not in _SAME else field


_TYPED = re.compile(r", +(number|string|boolean)\]\Z")  # as the search reads a list of arguments
_SAME = frozenset(("user", "message"))  # what the column says is what the tag says


def _key(written: str) -> str:
    """The key that the grammar reads; the text itself where it reads none."""
    try:
        found = shapes(f"{written}:x")
    except SearchError:
        return f"tags[{written}]"
    if len(found) == 1 and isinstance(found[0], Filter) and not found[0].is_negated:
        return found[0].key
    return f"tags[{written}]"


def _term(term: Term, world: World) -> Condition:
    if term.is_free_text:
        return anywhere(term, world)
    try:
        return operators()[term.operator].condition(_target(term, world), term)
    except BadValue as error:
        raise SearchError(f"{error}.", term.start, term.end) from None


def _target(term: Term, world: World) -> Target:
    key = term.key
    if term.is_aggregate:
        raise BadValue(f"{key} counts many events; it cannot choose among single ones")
    if (tag := named_tag(key)) is not None:
        return _attribute(key, tag[0], term)
    rule = rule_for(key, world)
    column = world.fields.column("timestamp" if key == "time" else key)
    found = rule or (_column(key, column) if column is not None else None)
    if isinstance(found, Text | Matched) and key.isidentifier() and key not in _NEVER_TAGS:
        return Whichever((found, Text(key, Tag(key))))
    if found is not None:
        return found
    if key in SPELLINGS and key not in EVENT_SPELLINGS:
        raise BadValue(f"{key}: describes issues, not events; a tag is written tags[{key}]")
    if _is_measurement(key, world.fields):
        return Ordered(key, Tag(key, is_number=True), number)
    if EVENTS.kind_of(key) is not ValueKind.TEXT:
        raise BadValue(f"{world.fields.table.name} have no {key}; a tag is written tags[{key}]")
    return _attribute(key, key, term)


def _attribute(key: str, name: str, term: Term) -> Target:
    """A tag; those of its values that are numbers, where the term has some."""
    asked = term.value if isinstance(term.value, tuple) else (term.value,)
    if all(isinstance(one, float) for one in asked):
        return Ordered(key, Tag(name, is_number=True), number)
    return Text(key, Tag(name))


def _is_measurement(key: str, fields: Fields) -> bool:
    """Whether it is one of a transaction's: an attribute that is a number."""
    return key.startswith("measurements.") and fields.column("is_segment") is not None


def _column(key: str, column: Column) -> Target:
    field = Field(column.name)
    if column.type is ColumnType.UUID:
        return Identifier(key, field)
    if column.type is ColumnType.BOOL:
        return Flag(key, Compare(field, "=", True), Present(field))
    if column.type is ColumnType.TIME:
        return Ordered(key, field, microseconds)
    if column.type in (ColumnType.INT, ColumnType.FLOAT):
        return Ordered(key, field, number)
    return Text(key, field)
