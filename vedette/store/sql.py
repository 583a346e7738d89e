"""Compiles a `Select` into the SQL of one engine; what differs between engines is `Dialect`'s.

Only declared names reach the statement. The condition on the projects is added here: no caller
can leave it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vedette.store import query as q
from vedette.store.constants import clamped, names_of
from vedette.store.dialect import Dialect
from vedette.store.errors import BadQuery
from vedette.store.statements import Writer
from vedette.store.table import ColumnType, Table
from vedette.store.tagkeys import AskedTags

__all__ = ["Compiler", "Dialect"]

_TAG_COLUMNS = ("tag_key", "tag_value")


class Compiler:
    """Compiles one `Select`. Raises BadQuery, in words for the person who asked.

    `joined` is the table that `select.join` names; for `tags` see `Writer`. `parameters` holds
    what is to be bound.
    """

    def __init__(
        self,
        table: Table,
        select: q.Select,
        dialect: Dialect,
        joined: Table | None = None,
        *,
        tags: AskedTags | None = None,
    ) -> None:
        self._table = table
        self._select = select
        self._dialect = dialect
        self._joined = joined
        if (joined.name if joined else "") != (select.join.table if select.join else ""):
            raise BadQuery("there is no table to join")
        columns = {"": {one.name: one.type for one in table.all_columns}}
        if select.explode_tags:
            columns[""] |= dict.fromkeys(_TAG_COLUMNS, ColumnType.TEXT)
        if joined is not None:
            columns[joined.name] = {one.name: one.type for one in joined.all_columns}
        aliases = {"": "r", **({joined.name: "j"} if joined else {})}
        self._writer = Writer(dialect, columns, aliases, seconds=self._seconds(), tags=tags)

    @property
    def parameters(self) -> list[Any]:
        """The values of the statement's parameters, in order."""
        return self._writer.parameters

    @property
    def columns(self) -> list[str]:
        """The names of the answer's columns, in order."""
        return [*self._select.columns, *(["others"] if self._select.top else [])]

    def used(self, table: str = "") -> set[str]:
        """The columns of the asked or the joined table that the statement reads, once written."""
        used = self._writer.used[table] - set(_TAG_COLUMNS)
        return used | {"tags"} if self._select.explode_tags and not table else used

    def statement(self, sources: Sequence[str], joined_sources: Sequence[str] = ()) -> str:
        """The whole statement over the given relations (one per day), of each table."""
        columns, aggregates = self._columns()
        early, late = self._conditions()
        having, order, top = self._having(), self._order(), self._top()
        groups = self._groups(aggregates)
        prefix, relation = "", self._relation(sources, joined_sources, early)
        if top is not None:
            prefix = self._largest(top, columns, relation, late)
            columns += self._others(top, columns)
            groups.append(len(columns))
            relation, late = "kept AS r", []
        names = names_of(self.columns)
        listed = ", ".join(f"{one} AS {name}" for one, name in zip(columns, names, strict=True))
        text = f"{prefix}SELECT {listed} FROM {relation}"
        if late:
            text += " WHERE " + " AND ".join(late)
        if groups:
            text += " GROUP BY " + ", ".join(map(str, groups))
        if having:
            text += " HAVING " + " AND ".join(having)
        return f"{self._ordered(text, order)} LIMIT {int(self._select.limit)}"

    def _ordered(self, text: str, order: str) -> str:
        limit_by = self._select.limit_by
        if limit_by is None:
            return f"{text} {order}"
        return self._dialect.limit_by(text, self._known(limit_by.columns), order, limit_by.most)

    def _seconds(self) -> float:
        """How long a time one row of the answer stands for."""
        for name in self._select.group_by:
            expression = self._select.columns.get(name)
            width = q.bucket_seconds(expression) if expression is not None else None
            if width is not None:
                return float(width)
        return max(self._select.end - self._select.start, 1) / q.MICROSECONDS

    def _columns(self) -> tuple[list[str], set[str]]:
        """The SQL of the asked columns, and the names of those that are aggregates."""
        texts: list[str] = []
        aggregates: set[str] = set()
        for name, expression in self._select.columns.items():
            written = self._writer.out(expression)
            texts.append(written.text)
            if written.is_aggregate:
                aggregates.add(name)
        return texts, aggregates

    def _groups(self, aggregates: set[str]) -> list[int]:
        """The places of the grouped columns, from 1."""
        select = self._select
        self._known(select.group_by)
        if aggregates or select.group_by or select.having:
            for name in select.columns:
                if name not in select.group_by and name not in aggregates:
                    raise BadQuery(f"{name} is of one row: group by it, or ask for a figure of it")
        if aggregates.intersection(select.group_by):
            raise BadQuery("a figure of many rows cannot be grouped by")
        places = list(select.columns)
        return [places.index(name) + 1 for name in select.group_by]

    def _conditions(self) -> tuple[list[str], list[str]]:
        """The conditions on rows: before they are chosen, exploded or joined, and after."""
        early = self._within("", "r", self._table)
        late: list[str] = []
        for condition in self._select.where:
            text, is_late = self._where(condition)
            (late if is_late else early).append(text)
        return early, late

    def _where(self, condition: q.Condition) -> tuple[str, bool]:
        """A condition on rows, and whether it needs exploded tags or the joined table."""
        used = self._writer.used
        before = {name: columns.copy() for name, columns in used.items()}
        for columns in used.values():
            columns.clear()
        written = self._writer.condition(condition)
        if written.is_aggregate:
            raise BadQuery("a figure of many rows cannot choose among single rows")
        newest = self._select.newest
        is_late = not used[""].isdisjoint(_TAG_COLUMNS) or any(
            columns for name, columns in used.items() if name
        )
        if newest is not None:  # a list is a join for the engine: one, not one of each day
            is_fixed = used[""] <= {*newest.by, *newest.fixed}
            is_late = is_late or not (is_fixed and isinstance(condition, q.Compare))
        for name, columns in before.items():
            used[name] |= columns
        return written.text, is_late

    def _within(self, table: str, alias: str, declared: Table) -> list[str]:
        """The bounds that every relation gets: the times and the projects."""
        writer, select = self._writer, self._select
        start, end = clamped(select.start), clamped(select.end)
        conditions = [
            f"{alias}.timestamp >= {self._dialect.time_literal(writer.bind(start))}",
            f"{alias}.timestamp < {self._dialect.time_literal(writer.bind(end))}",
        ]
        writer.used[table].add("timestamp")
        if not select.projects.is_everything:
            if all(one.name != "project_id" for one in declared.all_columns):
                raise BadQuery(f"{declared.name} belongs to no project")
            visible = q.OneOf(q.Field("project_id", table), list(select.projects))
            conditions.append(writer.condition(visible).text)
        return conditions

    def _having(self) -> list[str]:
        return [self._writer.condition(one).text for one in self._select.having]

    def _order(self) -> str:
        select = self._select
        if not select.order_by:
            return ""
        names = self._known([order.name for order in select.order_by])
        return "ORDER BY " + ", ".join(
            f"{name} {'DESC' if order.descending else 'ASC'} NULLS LAST"
            for name, order in zip(names, select.order_by, strict=True)
        )

    def _known(self, names: list[str]) -> list[str]:
        """The names of asked columns in SQL."""
        for name in names:
            if name not in self._select.columns and not (self._select.top and name == "others"):
                raise BadQuery(f"{name!r} is not among the columns that are asked for")
        return names_of(names)

    def _top(self) -> q.Top | None:
        top = self._select.top
        if top is None:
            return None
        if top.column not in self._select.group_by:
            raise BadQuery(f"the largest groups need {top.column!r} among the grouped columns")
        if not self._writer.expression(top.figure).is_aggregate:
            raise BadQuery("the largest groups need a figure of many rows")
        return top

    def _largest(self, top: q.Top, columns: list[str], relation: str, where: list[str]) -> str:
        """The clauses that name the rows and find the largest groups among them."""
        group = columns[list(self._select.columns).index(top.column)]
        figure = self._writer.expression(top.figure).text
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        return (
            f"WITH kept AS (SELECT * FROM {relation}{condition}), largest AS ("
            f"SELECT {group} AS g FROM kept AS r GROUP BY 1 "
            f"ORDER BY {figure} DESC NULLS LAST, g ASC NULLS LAST LIMIT {int(top.most)}) "
        )

    def _others(self, top: q.Top, columns: list[str]) -> list[str]:
        """Empties the grouped column in the rows of the others; the column that marks them."""
        place = list(self._select.columns).index(top.column)
        group = columns[place]
        is_large = (
            f"CASE WHEN {group} IS NULL THEN (SELECT count(*) FROM largest WHERE g IS NULL) > 0 "
            f"ELSE {group} IN (SELECT g FROM largest WHERE g IS NOT NULL) END"
        )
        columns[place] = f"CASE WHEN {is_large} THEN {group} END"
        return [f"NOT ({is_large})"]

    def _relation(
        self, sources: Sequence[str], joined_sources: Sequence[str], where: list[str]
    ) -> str:
        """What is read: the rows within the bounds, exploded or joined where that is asked."""
        join = self._select.join
        if join is not None and self._joined is not None:
            return self._join(join, self._joined, sources, joined_sources, where)
        used = self._writer.used[""] - set(_TAG_COLUMNS)
        if self._select.explode_tags and self._select.newest is not None:
            raise BadQuery("tags can only be counted of all rows")
        if self._select.explode_tags:
            source = _union(sources, sorted(used | {"tags"}))
            exploded = self._dialect.explode(source, ", ".join(sorted(used)), " AND ".join(where))
            return f"{exploded} AS r"
        if self._select.newest is not None:
            return self._newest(self._select.newest, sources, where)
        names = sorted(used)
        source = _union(sources, names)
        return f"(SELECT {', '.join(names)} FROM {source} AS r WHERE {' AND '.join(where)}) AS r"

    def _newest(self, newest: q.Newest, sources: Sequence[str], where: list[str]) -> str:
        """The rows within the bounds, of each only what came last: looked for in each relation
        by itself, so that not all rows are held at once."""
        writer = self._writer
        by = [writer.expression(q.Field(name)).text for name in newest.by]
        order = [writer.expression(q.Field(name)).text for name in newest.order]
        if not by or not order:
            raise BadQuery("what came last needs columns to tell rows by, and an order")
        names = sorted(writer.used[""])
        condition = " AND ".join(where)
        parts = [
            self._dialect.last_of_each(
                f"SELECT {', '.join(names)} FROM {source} AS r WHERE {condition}", by, order
            )
            for source in sources
        ]
        return f"({' UNION ALL '.join(f'({part})' for part in parts)}) AS r"

    def _join(
        self,
        join: q.Join,
        joined: Table,
        sources: Sequence[str],
        joined_sources: Sequence[str],
        where: list[str],
    ) -> str:
        if self._select.explode_tags or self._select.top or self._select.newest:
            raise BadQuery("a question about two tables can only be about their rows as they are")
        writer = self._writer
        others = self._within(joined.name, "j", joined)
        others += [writer.condition(one).text for one in join.where]
        keys = [q.Field(join.key), q.Field(join.key, joined.name)]
        left, right = (writer.expression(key).text for key in keys)
        same = [f"{left} = {right}"]
        if any(one.name == "project_id" for one in joined.all_columns):
            pair = [q.Field("project_id"), q.Field("project_id", joined.name)]
            same.append(" = ".join(writer.expression(one).text for one in pair))
        mine, theirs = sorted(writer.used[""]), sorted(writer.used[joined.name])
        return (
            f"(SELECT {', '.join(mine)} FROM {_union(sources, mine)} AS r "
            f"WHERE {' AND '.join(where)}) AS r {'LEFT' if join.is_left else 'INNER'} JOIN "
            f"(SELECT {', '.join(theirs)} FROM {_union(joined_sources, theirs)} AS j "
            f"WHERE {' AND '.join(others)}) AS j ON {' AND '.join(same)}"
        )


def _union(sources: Sequence[str], names: list[str]) -> str:
    if len(sources) == 1:
        return sources[0]
    columns = ", ".join(names)
    return "(" + " UNION ALL ".join(f"SELECT {columns} FROM {one}" for one in sources) + ")"
