"""An exploration to questions of the store: a table, or lines over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vedette.explore.datasets import Dataset
from vedette.explore.fields import Column
from vedette.explore.searching import Found
from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.visible import VisibleProjects

Ask = Callable[[q.Select], q.Answer]

MOST_ROWS = 10_000
MOST_COLUMNS = 20
MOST_LINES = 20
OTHERS = "Other"
_HOUR = 3600 * q.MICROSECONDS
_NEWEST = Column("timestamp", q.TIME, "date", False)
_OTHERS = -1  # the place of what is not among the largest groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What is asked. Times are microseconds since 1970, the end excluded.

    `sort` names columns, `-` before one turns it round; those that are not shown are asked
    besides. What it leaves open is always in the same order, so that pages fit together: groups
    by their values, rows from the newest on. `environments` choose rows, as the shared filter
    does.
    """

    dataset: Dataset
    visible: VisibleProjects
    start: int
    end: int
    columns: tuple[Column, ...]
    search: Found
    sort: tuple[tuple[Column, bool], ...] = ()
    environments: tuple[str, ...] = ()
    limit: int = 50
    offset: int = 0

    def __post_init__(self) -> None:
        if not self.columns or len(self.columns) > MOST_COLUMNS:
            raise BadQuery(f"an exploration has 1 to {MOST_COLUMNS} columns")
        if not 0 < self.limit + self.offset <= MOST_ROWS:
            raise BadQuery(f"an exploration shows the first {MOST_ROWS:,} rows")

    @property
    def groups(self) -> tuple[Column, ...]:
        """The columns by which rows are put together; none where single rows are shown."""
        return tuple(one for one in self.columns if not one.is_aggregate)

    @property
    def is_grouped(self) -> bool:
        """Whether rows of the answer stand for many."""
        return any(one.is_aggregate for one in self.columns) or bool(self.search.having)

    @property
    def where(self) -> list[q.Condition]:
        """What chooses rows."""
        made = [*self.dataset.where, self.search.where]
        if self.environments:
            made.append(q.OneOf(q.Field("environment"), list(self.environments)))
        return made


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in order; `has_more` says that there are others after them."""

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    has_more: bool


@dataclass(slots=True)
class Line:
    """One line of a chart: a value for each step, None where there is none.

    `parts` are the values of its group, one for each column by which rows are grouped.
    """

    column: Column
    parts: tuple[Any, ...] = ()
    is_others: bool = False
    values: list[float | None] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its group in words, as it is stored."""
        if self.is_others:
            return OTHERS
        return ", ".join(str(part) for part in self.parts if part is not None)


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same steps; `starts` are seconds since 1970."""

    starts: list[int]
    step: int
    lines: list[Line]


def table(asked: Exploration, ask: Ask) -> Table:
    """The rows. Raises BadQuery and StoreError.

    The newest single rows are looked for in the last hour and day first, which nearly always
    have enough of them.
    """
    for start in _recent(asked):
        found = _table(replace(asked, start=start), ask)
        if found.has_more:
            return found
    return _table(asked, ask)


def _recent(asked: Exploration) -> list[int]:
    """From when on there may be enough rows already, where the newest are asked."""
    if asked.is_grouped or (asked.sort and asked.sort[0] != (_NEWEST, True)):
        return []
    starts = (asked.end - hours * _HOUR for hours in (1, 24))
    return [start for start in starts if start > asked.start]


def _table(asked: Exploration, ask: Ask) -> Table:
    columns = {f"c{at}": one.expression for at, one in enumerate(asked.columns)}
    order: list[q.Order] = []
    for at, (column, descending) in enumerate(asked.sort):
        name = next((f"c{i}" for i, one in enumerate(asked.columns) if one == column), f"s{at}")
        columns.setdefault(name, column.expression)
        if asked.is_grouped and not column.is_aggregate and column not in asked.groups:
            raise BadQuery(f"{column.written} is not among the columns, by which rows are grouped")
        order.append(q.Order(name, descending=descending))
    if asked.is_grouped:
        order += [q.Order(name) for name in _names(asked.columns)]
    else:
        columns |= {"newest": _NEWEST.expression, "apart": q.Field(asked.dataset.apart)}
        order += [q.Order("newest", descending=True), q.Order("apart")]
    select = q.Select(
        table=asked.dataset.table,
        projects=asked.visible,
        columns=columns,
        start=asked.start,
        end=asked.end,
        where=asked.where,
        group_by=_names(asked.columns) if asked.is_grouped else [],
        having=list(asked.search.having),
        order_by=order,
        limit=asked.offset + asked.limit + 1,
    )
    rows = [row[: len(asked.columns)] for row in ask(select).rows]
    end = asked.offset + asked.limit
    return Table(asked.columns, rows[asked.offset : end], len(rows) > end)


def chart(
    asked: Exploration,
    ask: Ask,
    figures: Sequence[Column],
    step: int,
    most: int,
    groups: Sequence[Sequence[Any]] | None = None,
) -> Chart:
    """A line for each figure; with columns to group by, for each of the `most` largest groups.

    The largest are those of the first figure, over the whole time, in their order; all others
    together are the last line. `groups` has lines for these groups instead, by their values. A
    rate is of the time that a step and the range have in common.
    """
    starts = list(range(asked.start // q.MICROSECONDS // step * step,
                        -(-asked.end // q.MICROSECONDS), step))  # fmt: skip
    largest: Sequence[Sequence[Any]] = []
    if asked.groups:
        wanted = min(most, MOST_LINES)
        largest = _largest(asked, ask, figures[0], wanted) if groups is None else groups
    columns: dict[str, q.Expression] = {"at": q.bucket(step)}
    columns |= {f"f{at}": one.expression for at, one in enumerate(figures)}
    if asked.groups:
        columns["line"] = _place_among(largest, asked.groups)
    answer = ask(
        q.Select(
            table=asked.dataset.table,
            projects=asked.visible,
            columns=columns,
            start=asked.start,
            end=asked.end,
            where=asked.where,
            group_by=["at", "line"] if asked.groups else ["at"],
            limit=q.MOST_ROWS,
        )
    )
    lines: dict[tuple[int, int], Line] = {}
    places = {start: at for at, start in enumerate(starts)}
    for row in answer.dicts():
        place = row.get("line", 0)
        parts = tuple(largest[place]) if asked.groups and place != _OTHERS else ()
        for at, one in enumerate(figures):
            line = lines.setdefault(
                (place, at), _line(one, parts, place == _OTHERS and bool(asked.groups), len(starts))
            )
            if (step_at := places.get(row["at"])) is not None:
                share = _covered(asked, row["at"], step) if one.kind == "rate" else 1.0
                line.values[step_at] = row[f"f{at}"] / share if share != 1.0 else row[f"f{at}"]
    found = list(lines.values()) or [_line(one, (), False, len(starts)) for one in figures]
    if asked.groups:
        found = [lines[key] for key in sorted(lines, key=lambda key: (key[0] == _OTHERS, key))]
    return Chart(starts, step, found)


def _covered(asked: Exploration, at: int, step: int) -> float:
    """The share of a step that lies within what is asked about."""
    start = max(asked.start, at * q.MICROSECONDS)
    end = min(asked.end, (at + step) * q.MICROSECONDS)
    return (end - start) / (step * q.MICROSECONDS)


def _largest(asked: Exploration, ask: Ask, figure: Column, most: int) -> list[list[Any]]:
    """The values of the groups with the largest figure; ties by the values."""
    columns = (*asked.groups, figure)
    sort = ((figure, True), *((one, False) for one in asked.groups))
    wanted = replace(asked, columns=columns, sort=sort, limit=most, offset=0)
    return [row[:-1] for row in table(wanted, ask).rows]


def _place_among(largest: Sequence[Sequence[Any]], groups: Sequence[Column]) -> q.Expression:
    """Which of these groups a row belongs to, by its place; `_OTHERS` for none."""
    found: q.Expression = q.Constant(_OTHERS)
    for place, values in reversed(list(enumerate(largest))):
        holds = [_is(one.expression, value) for one, value in zip(groups, values, strict=True)]
        found = q.Call("choose", [q.All(holds), q.Constant(place), found])
    return found


def _is(expression: q.Expression, value: Any) -> q.Condition:
    if value is None or value == "":
        return q.Not(q.Present(expression))
    return q.Compare(expression, "=", value)


def _line(column: Column, parts: tuple[Any, ...], is_others: bool, steps: int) -> Line:
    empty = 0.0 if column.kind in ("integer", "rate") else None
    return Line(column, parts, is_others, [empty] * steps)


def _names(columns: Sequence[Column]) -> list[str]:
    """What rows are grouped by."""
    return [f"c{at}" for at, one in enumerate(columns) if not one.is_aggregate]
