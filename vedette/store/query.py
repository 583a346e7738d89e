"""A question to the store, free of any engine's SQL: engines compile it, sockets carry it.

Names of columns come from table declarations and are checked by the compiler; values are
always bound, never written into a statement.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

Comparison: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
Value: TypeAlias = str | int | float | bool | None


class Field(msgspec.Struct, tag="field", frozen=True):
    """A column of the table."""

    name: str


class Tag(msgspec.Struct, tag="tag", frozen=True):
    """The value of a tag; null where the row lacks it."""

    key: str


class Lower(msgspec.Struct, tag="lower", frozen=True):
    """A text in lower case."""

    of: Expression


class Joined(msgspec.Struct, tag="joined", frozen=True):
    """Texts put together with `separator` between those that are there and not empty."""

    of: list[Expression]
    separator: str


class Bucket(msgspec.Struct, tag="bucket", frozen=True):
    """The start of the time bucket of `seconds` that the row falls in, in whole seconds."""

    seconds: int
    offset: int = 0


class Count(msgspec.Struct, tag="count", frozen=True):
    """How many rows."""


class Sum(msgspec.Struct, tag="sum", frozen=True):
    """The sum of an expression."""

    of: Expression


class Distinct(msgspec.Struct, tag="distinct", frozen=True):
    """How many different values, nulls not counted."""

    of: Expression


class Lowest(msgspec.Struct, tag="min", frozen=True):
    """The smallest value."""

    of: Expression


class Highest(msgspec.Struct, tag="max", frozen=True):
    """The largest value."""

    of: Expression


class First(msgspec.Struct, tag="argmin", frozen=True):
    """The value of the row with the smallest `by`, nulls of the value skipped."""

    of: Expression
    by: Expression


class Last(msgspec.Struct, tag="argmax", frozen=True):
    """The value of the row with the largest `by`, nulls of the value skipped."""

    of: Expression
    by: Expression


Expression: TypeAlias = (
    Field | Tag | Lower | Joined | Bucket | Count | Sum | Distinct | Lowest | Highest | First | Last
)


class Compare(msgspec.Struct, tag="compare", frozen=True):
    """A comparison. `!=` is true for null: a row without a value does not have that value."""

    left: Expression
    operator: Comparison
    value: Value


class OneOf(msgspec.Struct, tag="in", frozen=True):
    """Whether the value is among these."""

    left: Expression
    values: list[Value]


class Matches(msgspec.Struct, tag="like", frozen=True):
    """A wildcard match of the whole text, without regard to case; an id is its 32 hex digits.

    `*` stands for anything; after a backslash it is itself.
    """

    left: Expression
    pattern: str


class Contains(msgspec.Struct, tag="contains", frozen=True):
    """Whether any of these texts contains the words, without regard to case.

    With `tags` the values of the tags count too; with `is_pattern` the words are a pattern
    as in `Matches`.
    """

    fields: list[Expression]
    text: str
    tags: bool = False
    is_pattern: bool = False


class Present(msgspec.Struct, tag="present", frozen=True):
    """Whether there is a value that is not empty."""

    left: Expression


class All(msgspec.Struct, tag="all", frozen=True):
    """Whether every condition holds; true for none."""

    of: list[Condition]


class Either(msgspec.Struct, tag="either", frozen=True):
    """Whether at least one condition holds; false for none."""

    of: list[Condition]


class Not(msgspec.Struct, tag="not", frozen=True):
    """Whether the condition does not hold."""

    of: Condition


Condition: TypeAlias = Compare | OneOf | Matches | Contains | Present | All | Either | Not


class Order(msgspec.Struct, frozen=True):
    """One key of the order, by the name of a selected column."""

    name: str
    descending: bool = False


class Select(msgspec.Struct, kw_only=True):
    """A question: columns of a table between two times (microseconds, end excluded).

    With `explode_tags` every row counts once per tag, and the fields `tag_key` and
    `tag_value` exist. With aggregates among the columns, `group_by` names the others.
    """

    table: str
    columns: dict[str, Expression]
    start: int
    end: int
    where: list[Condition] = []
    group_by: list[str] = []
    having: list[Condition] = []
    order_by: list[Order] = []
    limit: int = 10_000
    explode_tags: bool = False


class Answer(msgspec.Struct):
    """Rows in the order of the asked columns."""

    columns: list[str]
    rows: list[list[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


TIME = Field("timestamp")
MICROSECONDS = 1_000_000
