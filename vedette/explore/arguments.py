"""The arguments of a written function, read as what the function wants them to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vedette.explore.datasets import Dataset
from vedette.search.compile import key_expression
from vedette.search.rules import TITLE
from vedette.store.errors import BadQuery
from vedette.store.query import (
    Call,
    Compare,
    Comparison,
    Condition,
    Constant,
    Expression,
    Field,
    Present,
    Tag,
    call,
)
from vedette.store.table import ColumnType

ISSUE = "issue"  # the field whose values are issues, of datasets whose rows belong to some
THRESHOLD_MS = 300.0  # what is quick, where nobody says otherwise
_NUMBERS = (ColumnType.INT, ColumnType.FLOAT)
_OPERATORS: dict[str, Comparison] = {
    "equals": "=",
    "notEquals": "!=",
    "less": "<",
    "greater": ">",
    "lessOrEquals": "<=",
    "greaterOrEquals": ">=",
}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands between the parentheses of `name(…)`, over a dataset."""

    name: str
    written: tuple[str, ...]
    dataset: Dataset

    def __len__(self) -> int:
        return len(self.written)

    def only(self, least: int, most: int) -> None:
        """Raises BadQuery for another number of arguments."""
        if not least <= len(self.written) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise BadQuery(f"{self.name}() takes {wanted} arguments, not {len(self.written)}")

    def field(self, place: int) -> Expression:
        """The values of a field, whatever they are. Raises BadQuery."""
        return field_expression(self.written[place], self.dataset)

    def number_field(self, place: int) -> Expression:
        """The values of a field of numbers, by default how long a row took. Raises BadQuery.

        Of an attribute those values that are numbers.
        """
        if place >= len(self.written):
            if not self.dataset.duration:
                raise BadQuery(
                    f"{self.name}() needs a field: {self.dataset.label} have no duration"
                )
            return Field(self.dataset.duration)
        written = self.written[place]
        found = field_expression(written, self.dataset)
        if isinstance(found, Tag):
            return Tag(found.key, is_number=True)
        if not isinstance(found, Field) or _type(found, self.dataset) not in _NUMBERS:
            raise BadQuery(f"{self.name}() needs a field of numbers, which {written} is not")
        return found

    def number(self, place: int, default: float | None = None) -> float:
        """A number that is written as such. Raises BadQuery."""
        if place >= len(self.written) and default is not None:
            return default
        try:
            return float(self.written[place])
        except (ValueError, IndexError):
            raise BadQuery(f"{self.name}() needs a number as argument {place + 1}") from None

    def condition(self, place: int) -> Condition:
        """`field,operator,value` from this place on, as Sentry's `count_if` has them."""
        if len(self.written) < place + 3:
            raise BadQuery(f"{self.name}() needs a field, an operator and a value")
        written, operator, value = self.written[place : place + 3]
        comparison = _OPERATORS.get(operator)
        if comparison is None:
            raise BadQuery(f"{operator} is none of {', '.join(_OPERATORS)}")
        value = value[1:-1] if value[:1] == value[-1:] == '"' and len(value) > 1 else value
        left = field_expression(written, self.dataset)
        is_number = isinstance(left, Tag) and left.is_number
        kind = _type(left, self.dataset) if isinstance(left, Field) else ColumnType.TEXT
        if kind is ColumnType.BOOL:
            return Compare(left, comparison, value.lower() in ("true", "1", "yes"))
        if is_number or kind in _NUMBERS or comparison not in ("=", "!="):
            left = Tag(left.key, is_number=True) if isinstance(left, Tag) else left
            return Compare(left, comparison, self.number(place + 2))
        return Compare(left, comparison, value)

    @property
    def weight(self) -> Expression:
        """For how many each row stands."""
        return Field(self.dataset.weight) if self.dataset.weight else Constant(1)

    @property
    def failed(self) -> Condition:
        """Whether a row failed. Raises BadQuery where rows do not."""
        if not self.dataset.failed:
            raise BadQuery(f"{self.name}() is not for {self.dataset.label}, which do not fail")
        return Compare(Field(self.dataset.failed), "=", True)

    def counted(self, condition: Condition | None = None) -> Expression:
        """How many rows, or those that fulfil the condition; samples count for what they stand."""
        if self.dataset.beside:
            number: Expression = Field(self.dataset.beside)
            if condition is not None:
                number = Call("choose", [condition, number, Constant(-1)])
            return call("stood_for", number)
        if not self.dataset.weight:
            return call("count_if", condition) if condition is not None else call("count")
        if condition is None:
            return call("coalesce", call("sum", self.weight), 0.0)
        chosen = Call("choose", [condition, self.weight, Constant(0.0)])
        return call("coalesce", call("sum", chosen), 0.0)


def field_expression(written: str, dataset: Dataset) -> Expression:
    """What holds the values of a field. Raises BadQuery for one that has no values by itself."""
    key = written.strip()
    found = key_expression(key, dataset.fields) if key and len(key) <= 250 else None
    if key in ("project", "project.name", "project_id", "project.id"):
        return Field("project_id")
    if key in ("timestamp", "time"):
        return Field("timestamp")
    if key == ISSUE and any(one.name == "group_id" for one in dataset.fields.table.all_columns):
        return Field("group_id")
    if found is TITLE:
        return Call("choose", [Present(TITLE), TITLE, Field("message")])
    if found is None or _is_formula(key):
        raise BadQuery(f"{key or 'nothing'} is no field of {dataset.label}")
    return found


def _is_formula(key: str) -> bool:
    """Whether it is written as no name is: an equation of Sentry's, or a function half closed.

    An attribute that is really called so is `tags[…]`.
    """
    return not key.startswith("tags[") and ("(" in key or key.startswith("equation|"))


def _type(expression: Field, dataset: Dataset) -> ColumnType:
    for column in dataset.fields.table.all_columns:
        if column.name == expression.name:
            return column.type
    return ColumnType.TEXT


CALL = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,40})\((.*)\)\Z", re.DOTALL)
_SEPARATOR = re.compile(r'\s*,\s*(?![^\[\]]*\])(?=(?:[^"]*"[^"]*")*[^"]*\Z)')


def read_call(written: str) -> tuple[str, tuple[str, ...]] | None:
    """The name and the arguments of a written call; None for anything else."""
    found = CALL.match(written.strip()[:500])
    if found is None:
        return None
    inner = found[2].strip()
    return found[1], tuple(_SEPARATOR.split(inner)) if inner else ()
