"""A question to the store, free of any engine's SQL: engines compile it, sockets carry it.

An expression is a column, a tag, a constant, or a call of a function of the drawer
`vedette.store.expressions`. Names are checked by the compiler; texts are always bound, never
written into a statement. A question names the projects it may see, and is bounded.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from vedette.store.errors import BadQuery
from vedette.store.visible import VisibleProjects

Comparison: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
Value: TypeAlias = str | int | float | bool | None

MOST_ROWS = 100_000
MOST_BUCKETS = 10_000
MICROSECONDS = 1_000_000


class Field(msgspec.Struct, tag="field", frozen=True):
    """A column of the table, or of the joined table when that is named."""

    name: str
    table: str = ""


class Tag(msgspec.Struct, tag="tag", frozen=True):
    """The value of a key in a column of tags; null where the row lacks it.

    As a number it is null too where its text is not a decimal number.
    """

    key: str
    is_number: bool = False
    column: str = "tags"


class Constant(msgspec.Struct, tag="constant", frozen=True):
    """A value that is the same for every row."""

    value: Value


class Call(msgspec.Struct, tag="call", frozen=True):
    """A function of the drawer with its arguments, checked when the question is compiled."""

    name: str
    arguments: list[Argument] = []


Expression: TypeAlias = Field | Tag | Constant | Call


class Compare(msgspec.Struct, tag="compare", frozen=True):
    """A comparison. `!=` is true for null: a row without a value does not have that value.

    A time is compared with microseconds, an id with its 32 hex digits.
    """

    left: Expression
    operator: Comparison
    value: Value | Expression


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
Argument: TypeAlias = Expression | Condition


class Order(msgspec.Struct, frozen=True):
    """One key of the order, by the name of a selected column. Nulls come last."""

    name: str
    descending: bool = False


class Top(msgspec.Struct, frozen=True):
    """Only the largest groups by themselves, the others as one.

    The groups are the values of the grouped column `column`; the `most` with the largest
    `figure` stay (ties by value), in every other row the column is null. The answer has one
    more column, `others`, true for those rows: a group of rows without a value may be large.
    """

    column: str
    figure: Expression
    most: int


class LimitBy(msgspec.Struct, frozen=True):
    """At most this many rows for each combination of these columns, the first in order."""

    columns: list[str]
    most: int


class Newest(msgspec.Struct, frozen=True):
    """Of a day's rows that have the same values in the columns `by`, only the last in this order.

    The others are as if they were not there: conditions are about the rows that stay. Columns
    that are equal in all rows of one are `fixed`; comparisons of them choose first, which changes
    nothing but the cost.
    """

    by: tuple[str, ...]
    order: tuple[str, ...]
    fixed: tuple[str, ...] = ()


class Join(msgspec.Struct, frozen=True):
    """Each row with every row of another table that has the same value in `key`.

    Both sides lie within the question's projects and times, and have the same project.
    `Field(name, table)` names the other side's columns; `where` is about the other side alone.
    With `is_left` rows without a partner stay, with nulls.
    """

    table: str
    key: str = "trace_id"
    where: list[Condition] = []
    is_left: bool = False


class Select(msgspec.Struct, kw_only=True):
    """A question: columns of a table between two times (microseconds, end excluded).

    Only rows of `projects` are ever seen. With aggregates among the columns, `group_by` names
    the others. With `explode_tags` every row counts once per tag, and the fields `tag_key` and
    `tag_value` exist. Raises BadQuery for more rows or time buckets than an answer may have;
    the system's own questions may have any number of rows.
    """

    table: str
    projects: VisibleProjects
    columns: dict[str, Expression]
    start: int
    end: int
    where: list[Condition] = []
    group_by: list[str] = []
    having: list[Condition] = []
    order_by: list[Order] = []
    limit: int = 10_000
    limit_by: LimitBy | None = None
    top: Top | None = None
    newest: Newest | None = None
    join: Join | None = None
    explode_tags: bool = False

    def __post_init__(self) -> None:
        if not self.columns or self.limit < 0:
            raise BadQuery("nothing is asked for")
        if self.limit > MOST_ROWS and not self.projects.is_everything:
            raise BadQuery(f"an answer may have {MOST_ROWS:,} rows, not {self.limit:,}")
        for expression in self.columns.values():
            _check_buckets(expression, self.end - self.start)


class Answer(msgspec.Struct):
    """Rows in the order of the asked columns."""

    columns: list[str]
    rows: list[list[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


TIME = Field("timestamp")


def call(name: str, *arguments: Argument | Value) -> Call:
    """A call; plain values become constants."""
    return Call(
        name,
        [
            one if isinstance(one, msgspec.Struct) else Constant(one)  # type: ignore[arg-type]
            for one in arguments
        ],
    )


def count() -> Call:
    """How many rows."""
    return Call("count")


def bucket(seconds: int, offset: int = 0) -> Call:
    """The start of the time bucket that the row falls in, in whole seconds."""
    return call("bucket", TIME, seconds, offset)


def bucket_seconds(expression: Expression) -> int | None:
    """The width of a time bucket; None for any other expression."""
    if isinstance(expression, Call) and expression.name == "bucket":
        width = expression.arguments[1] if len(expression.arguments) > 1 else None
        if isinstance(width, Constant) and isinstance(width.value, int) and width.value > 0:
            return width.value
    return None


def _check_buckets(expression: Expression, range_micros: int) -> None:
    seconds = bucket_seconds(expression)
    if seconds is None:
        return
    buckets = range_micros // MICROSECONDS // seconds
    if buckets > MOST_BUCKETS:
        raise BadQuery(
            f"a chart may have {MOST_BUCKETS:,} steps of time, not {buckets:,}: "
            "choose a shorter range or longer steps"
        )
