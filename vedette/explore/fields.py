"""What people write as a column: a field, or an aggregate over one."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.explore.arguments import ISSUE, Arguments, field_expression, read_call
from vedette.explore.datasets import Dataset
from vedette.explore.functions import Gives, aggregates
from vedette.search.vocabulary import EVENTS
from vedette.store.errors import BadQuery
from vedette.store.query import Expression, Field, Tag
from vedette.store.table import ColumnType

_KINDS = {
    ColumnType.INT: "integer",
    ColumnType.FLOAT: "number",
    ColumnType.BOOL: "boolean",
    ColumnType.TIME: "date",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exploration.

    `written` is what it is called, `kind` what its values are: string, number, integer, boolean,
    date, duration (milliseconds), percentage, rate or issue, which is the number of a group of
    events.
    """

    written: str
    expression: Expression
    kind: str
    is_aggregate: bool

    @property
    def unit(self) -> str | None:
        """Sentry's word for the unit."""
        return "millisecond" if self.kind == "duration" else None


def read_column(written: str, dataset: Dataset) -> Column:
    """Raises BadQuery, in words, for what is neither a field nor an aggregate of the dataset."""
    text = written.strip()
    called = read_call(text)
    if called is None and text == ISSUE:
        return Column(text, field_expression(text, dataset), ISSUE, False)
    if called is None:
        return Column(text, field_expression(text, dataset), _kind(text, dataset), False)
    name, arguments = called
    function = aggregates().get(name)
    if function is None:
        raise BadQuery(f"there is no function {name}(): {', '.join(sorted(aggregates()))}")
    given = Arguments(name, arguments, dataset)
    return Column(text, function.build(given), _kind_of_call(function.gives, given), True)


def is_call(written: str) -> bool:
    """Whether this is written as a function."""
    return read_call(written) is not None


def _kind_of_call(gives: Gives, given: Arguments) -> str:
    if given.name == "failure_count":
        return Gives.COUNT.value
    if gives is not Gives.SAME:
        return str(gives.value)
    if given.name in ("first_seen", "last_seen"):
        return "date"
    if not given.written:
        return "duration"
    kind = _kind(given.written[0], given.dataset)
    return kind if kind in ("duration", "date", "number") else "number"


def _kind(written: str, dataset: Dataset) -> str:
    found = field_expression(written, dataset)
    if isinstance(found, Tag) and found.is_number:
        return "duration" if written in EVENTS.durations else "number"
    if not isinstance(found, Field):
        return "string"
    if found.name == "timestamp":
        return "date"
    if found.name == "project_id":
        return "integer" if written.endswith("id") else "string"
    column = next((one for one in dataset.fields.table.all_columns if one.name == found.name), None)
    declared = [f for f in dataset.fields.declared.values() if f.column == found.name]
    if declared and declared[0].unit == "ms":
        return "duration"
    return _KINDS.get(column.type, "string") if column is not None else "string"
