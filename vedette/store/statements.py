"""Writes the expressions and conditions of a question as SQL, and checks their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.store import query as q
from vedette.store.constants import WORDS, check_comparable, check_value, clamped, literal
from vedette.store.dialect import Dialect
from vedette.store.errors import BadQuery
from vedette.store.expressions import Function, Parameter, Parts, functions
from vedette.store.table import ColumnType
from vedette.store.tagkeys import AskedTags, Tag

_NUMBERS = (ColumnType.INT, ColumnType.FLOAT)
_LISTED = 3  # a longer list is one parameter: engines make a table of it, which is quicker
_DEEPEST = 50
_CONDITIONS = (
    *(q.Compare, q.OneOf, q.Matches, q.Contains, q.Present),
    *(q.All, q.Either, q.Not),
)


@dataclass(frozen=True, slots=True)
class Written:
    """The SQL of an expression, its type (None for null) and whether it is of many rows."""

    text: str
    type: ColumnType | None
    is_aggregate: bool = False


class Writer:
    """Writes one question's parts; `parameters` fills as it goes.

    `columns` gives the type of every column by the table's name, the asked table's being empty;
    `aliases` how its rows are called. With `tags`, the asked table's rows have the value of each
    tag under the name that it has there; without, the map is looked into. Raises BadQuery in
    words for a person.
    """

    def __init__(
        self,
        dialect: Dialect,
        columns: Mapping[str, Mapping[str, ColumnType]],
        aliases: Mapping[str, str],
        *,
        seconds: float,
        tags: AskedTags | None = None,
    ) -> None:
        self._dialect = dialect
        self._columns = columns
        self._aliases = aliases
        self._seconds = seconds
        self._tags = tags
        self._depth = 0
        self.parameters: list[Any] = []
        self.used: dict[str, set[str]] = {name: set() for name in columns}

    def bind(self, value: Any) -> str:
        """The place of a value in the statement."""
        self.parameters.append(value)
        return self._dialect.parameter(len(self.parameters), value)

    def expression(self, node: q.Expression) -> Written:
        """One expression."""
        if isinstance(node, q.Field):
            return self._field(node)
        if isinstance(node, q.Tag):
            text = self._tag(Tag(node.column, node.key))
            if node.is_number:
                return Written(self._dialect.number_of(text), ColumnType.FLOAT)
            return Written(text, ColumnType.TEXT)
        if isinstance(node, q.Constant):
            return self._constant(node.value)
        return self._call(node)

    def condition(self, node: q.Condition) -> Written:
        """One condition."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadQuery(f"conditions may be nested {_DEEPEST} deep")
        try:
            return self._condition(node)
        finally:
            self._depth -= 1

    def out(self, node: q.Expression) -> Written:
        """An expression as an answer gives it: times as microseconds, ids as hex digits."""
        written = self.expression(node)
        if written.type is ColumnType.TIME:
            return replace(written, text=self._dialect.time_out(written.text))
        if written.type is ColumnType.UUID:
            return replace(written, text=self._dialect.uuid_out(written.text))
        return written

    def _field(self, node: q.Field) -> Written:
        columns = self._columns.get(node.table)
        if columns is None:
            raise BadQuery(f"this question is not about {node.table!r}")
        type_ = columns.get(node.name)
        if type_ is None:
            raise BadQuery(f"there is no column {node.name!r}")
        self.used[node.table].add(node.name)
        return Written(f"{self._aliases[node.table]}.{node.name}", type_)

    def _tag(self, tag: Tag) -> str:
        type_ = self._columns[""].get(tag.column)
        if type_ is not None and type_ is not ColumnType.TAGS:
            raise BadQuery(f"{tag.column} holds no tags")
        name = self._tags.name(tag) if self._tags is not None and type_ is not None else None
        if name is None:
            return self._dialect.tag(self._field(q.Field(tag.column)).text, self.bind(tag.key))
        self.used[""].add(name)
        return f"{self._aliases['']}.{name}"

    def _constant(self, value: q.Value) -> Written:
        if value is None:
            return Written("NULL", None)
        if isinstance(value, bool):
            return Written("true" if value else "false", ColumnType.BOOL)
        if isinstance(value, str):
            return Written(self.bind(value), ColumnType.TEXT)
        if isinstance(value, int):
            return Written(literal(value), ColumnType.INT)
        return Written(self._dialect.number(literal(value)), ColumnType.FLOAT)

    def _call(self, node: q.Call) -> Written:
        function = functions().get(node.name)
        if function is None:
            raise BadQuery(f"there is no function {node.name!r}")
        _check_number(function, len(node.arguments))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadQuery(f"functions may be nested {_DEEPEST} deep")
        written = [
            self._argument(function, place, argument)
            for place, argument in enumerate(node.arguments)
        ]
        self._depth -= 1
        inner = any(one.is_aggregate for one in written)
        if function.is_aggregate and inner:
            raise BadQuery(f"{node.name}() cannot be of a figure that is itself of many rows")
        seconds = self._seconds
        parts = Parts(tuple(one.text for one in written), seconds)
        text = (function.clickhouse if self._dialect.name == "clickhouse" else function.duckdb)(
            parts
        )
        types = [one.type or ColumnType.TEXT for one in written]
        return Written(text, function.gives(types), function.is_aggregate or inner)

    def _argument(self, function: Function, place: int, argument: q.Argument) -> Written:
        parameter = function.parameter(place)
        assert parameter is not None
        where = f"{function.name}(): {parameter.name}"
        if isinstance(argument, _CONDITIONS):
            if not parameter.is_condition:
                raise BadQuery(f"{where} is a value, not a condition")
            return self.condition(argument)
        if parameter.is_condition:
            raise BadQuery(f"{where} is a condition, not a value")
        if parameter.is_constant:
            return self._constant_argument(where, parameter, argument)
        written = self.expression(argument)
        if written.type is not None and written.type not in parameter.types:
            raise BadQuery(f"{where} cannot be {WORDS[written.type]}")
        return written

    def _constant_argument(
        self, where: str, parameter: Parameter, argument: q.Expression
    ) -> Written:
        if not isinstance(argument, q.Constant) or argument.value is None:
            raise BadQuery(f"{where} must be a constant")
        value = argument.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            type_ = ColumnType.INT if isinstance(value, int) else ColumnType.FLOAT
            if type_ in parameter.types and parameter.least <= value <= parameter.most:
                return Written(literal(value), type_)
        elif isinstance(value, str) and ColumnType.TEXT in parameter.types:
            return Written(self.bind(value), ColumnType.TEXT)
        raise BadQuery(f"{where} cannot be {value!r}")

    def _condition(self, node: q.Condition) -> Written:
        if isinstance(node, q.Compare):
            return self._compare(node)
        if isinstance(node, q.OneOf):
            return self._one_of(node)
        if isinstance(node, q.Matches):
            left = self.expression(node.left)
            text = self._dialect.matches(self._text(left), node.pattern, self.bind)
            return Written(text, ColumnType.BOOL, left.is_aggregate)
        if isinstance(node, q.Contains):
            return self._contains(node)
        if isinstance(node, q.Present):
            left = self.expression(node.left)
            empty = f" AND {left.text} <> ''" if left.type is ColumnType.TEXT else ""
            return Written(f"({left.text} IS NOT NULL{empty})", ColumnType.BOOL, left.is_aggregate)
        if isinstance(node, q.Not):
            inner = self.condition(node.of)
            text = f"NOT coalesce({inner.text}, false)"
            return Written(text, ColumnType.BOOL, inner.is_aggregate)
        parts = [self.condition(part) for part in node.of]
        word = " AND " if isinstance(node, q.All) else " OR "
        text = f"({word.join(part.text for part in parts)})"
        if not parts:
            text = "true" if isinstance(node, q.All) else "false"
        return Written(text, ColumnType.BOOL, any(part.is_aggregate for part in parts))

    def _contains(self, node: q.Contains) -> Written:
        dialect = self._dialect

        def holds(text: str) -> str:
            if node.is_pattern:
                return dialect.matches(text, f"*{node.text}*", self.bind)
            return dialect.contains(text, node.text, self.bind)

        parts = [holds(self._text(self.expression(field))) for field in node.fields]
        if node.tags:
            shortest = 0 if node.is_pattern else len(node.text)  # no letter has less than a byte
            parts.append(dialect.any_tag(self._field(q.Field("tags")).text, holds, shortest))
        found = " OR ".join(f"coalesce({part}, false)" for part in parts)
        return Written(f"({found})" if parts else "false", ColumnType.BOOL)

    def _text(self, written: Written) -> str:
        """A value as the text that patterns match."""
        if written.type is ColumnType.TEXT:
            return written.text
        if written.type is ColumnType.UUID:
            return self._dialect.uuid_out(written.text)
        if written.type in (*_NUMBERS, ColumnType.BOOL):
            return self._dialect.as_text(written.text)
        raise BadQuery("times, tags and bytes cannot be matched as text")

    def _compare(self, node: q.Compare) -> Written:
        left = self.expression(node.left)
        is_aggregate = left.is_aggregate
        if node.value is None:
            text = f"{left.text} IS {'NOT ' if node.operator == '!=' else ''}NULL"
            return Written(text, ColumnType.BOOL, is_aggregate)
        if isinstance(node.value, q.Field | q.Tag | q.Constant | q.Call):
            other = self.expression(node.value)
            check_comparable(left.type, other.type)
            right, is_aggregate = other.text, is_aggregate or other.is_aggregate
        else:
            right = self._value(left.type, node.value)
        if node.operator == "!=":
            text = self._dialect.differs(left.text, right)
        else:
            text = f"{left.text} {node.operator} {right}"
        return Written(f"({text})", ColumnType.BOOL, is_aggregate)

    def _one_of(self, node: q.OneOf) -> Written:
        bound = len(self.parameters)
        left = self.expression(node.left)
        values = [value for value in node.values if value is not None]
        if not values:
            del self.parameters[bound:]  # engines refuse values that no place takes
            return Written("false", ColumnType.BOOL, left.is_aggregate)
        if len(values) <= _LISTED or left.type in (ColumnType.UUID, ColumnType.TIME):
            listed = ", ".join(self._value(left.type, value) for value in values)
            return Written(f"{left.text} IN ({listed})", ColumnType.BOOL, left.is_aggregate)
        for value in values:
            check_value(left.type, value)
        if any(isinstance(value, float) for value in values):
            values = [float(value) for value in values]
        text = self._dialect.one_of(left.text, self.bind(values))
        return Written(text, ColumnType.BOOL, left.is_aggregate)

    def _value(self, type_: ColumnType | None, value: q.Value) -> str:
        """A constant to compare with, bound."""
        check_value(type_, value)
        if type_ is ColumnType.TIME:
            assert isinstance(value, int)
            return self._dialect.time_literal(self.bind(clamped(value)))
        if type_ is ColumnType.UUID:
            return self._dialect.uuid(self.bind(value))
        if isinstance(value, int) and abs(value) >= 1 << 63:
            value = float(value)
        return self.bind(value)


def _check_number(function: Function, given: int) -> None:
    needed = len(function.takes)
    if given < needed or (given > needed and not function.is_variadic):
        names = ", ".join(parameter.name for parameter in function.takes)
        raise BadQuery(f"{function.name}({names}) takes {needed} arguments, not {given}")
