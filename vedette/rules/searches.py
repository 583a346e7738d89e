"""What rules write as searches and fields, read in the words of the table that is counted."""

from __future__ import annotations

from vedette.search.compile import compile_event_search, key_expression
from vedette.search.fields import fields_of
from vedette.search.parse import parse
from vedette.search.vocabulary import EVENTS, ValueKind, Vocabulary, with_fields
from vedette.store.errors import BadQuery
from vedette.store.query import Condition, Expression, Field, Tag
from vedette.store.table import ColumnType

_NUMBERS = (ColumnType.INT, ColumnType.FLOAT)


def condition(search: str, table: str) -> Condition:
    """The condition of a search. Raises SearchError."""
    return compile_event_search(parse(search, _vocabulary(table)), fields_of(table))


def field(written: str, table: str) -> Expression:
    """What holds the values of a key of a search, or of a column. Raises BadQuery."""
    fields = fields_of(table)
    found = key_expression(written, fields)
    if found is not None:
        return found
    if written not in {column.name for column in fields.table.all_columns}:
        raise BadQuery(f"{written} is no field of {table}")
    return Field(written)


def number_field(written: str, table: str) -> Expression:
    """The values of a field of numbers; of an attribute those that are some. Raises BadQuery."""
    found = field(written, table)
    if isinstance(found, Tag):
        return Tag(found.key, is_number=True)
    types = {column.name: column.type for column in fields_of(table).table.all_columns}
    if not isinstance(found, Field) or types.get(found.name) not in _NUMBERS:
        raise BadQuery(f"{written} is no field of numbers")
    return found


def is_duration(written: str, table: str) -> bool:
    """Whether a field's values are milliseconds."""
    return _vocabulary(table).kind_of(written) is ValueKind.DURATION


def unit_of(written: str, table: str) -> str:
    """The unit of a field's values; empty for what has none, such as an attribute."""
    found = fields_of(table).declared.get(written)
    return found.unit if found is not None else ""


def _vocabulary(table: str) -> Vocabulary:
    return with_fields(EVENTS, fields_of(table))
