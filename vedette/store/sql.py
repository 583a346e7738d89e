"""Compiles a `Select` into DuckDB's SQL; the functions that differ between engines are `Dialect`'s.

Values are bound as numbered parameters; only declared names reach the statement.
"""

from __future__ import annotations

import re
from typing import Any

from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.table import ColumnType, Table


class Dialect:
    """DuckDB's words. ClickHouse overrides the handful that differ."""

    def time_literal(self, parameter: str) -> str:
        return f"make_timestamp({parameter}::BIGINT)"

    def bucket(self, column: str, seconds: str, offset: str) -> str:
        return f"((epoch({column})::BIGINT - {offset}) // {seconds}) * {seconds} + {offset}"

    def time_out(self, expression: str) -> str:
        return f"epoch_us({expression})"

    def tag(self, parameter: str) -> str:
        return f"tags[{parameter}]"

    def distinct(self, expression: str) -> str:
        return f"count(DISTINCT {expression})"

    def like(self, left: str, parameter: str) -> str:
        return f"{left} ILIKE {parameter} ESCAPE '\\'"

    def contains(self, left: str, parameter: str) -> str:
        return f"contains(lower({left}), {parameter})"

    def tag_text(self) -> str:
        return "array_to_string(map_values(tags), ' ')"

    def joined(self, parts: list[str], separator: str) -> str:
        texts = ", ".join(f"nullif({part}, '')" for part in parts)
        return f"concat_ws({separator}, {texts})"

    def one_of(self, left: str, parameter: str) -> str:
        return f"{left} IN (SELECT unnest({parameter}))"

    def argmin(self, value: str, by: str) -> str:
        return f"arg_min({value}, {by}) FILTER ({value} IS NOT NULL)"

    def argmax(self, value: str, by: str) -> str:
        return f"arg_max({value}, {by}) FILTER ({value} IS NOT NULL)"

    def uuid(self, parameter: str) -> str:
        return f"{parameter}::UUID"

    def uuid_out(self, expression: str) -> str:
        return f"replace({expression}::VARCHAR, '-', '')"

    def explode(self, source: str, columns: str, where: str) -> str:
        return (
            f"(SELECT {columns}, entry.key AS tag_key, entry.value AS tag_value FROM "
            f"(SELECT *, unnest(map_entries(tags)) AS entry FROM {source} WHERE {where}))"
        )


class Compiler:
    """Compiles one `Select`; `parameters` fills as it goes."""

    def __init__(self, table: Table, select: q.Select, dialect: Dialect) -> None:
        self._types = {column.name: column.type for column in table.all_columns}
        if select.explode_tags:
            self._types |= {"tag_key": ColumnType.TEXT, "tag_value": ColumnType.TEXT}
        self._select = select
        self._dialect = dialect
        self.parameters: list[Any] = []

    def used_columns(self) -> list[str]:
        """The stored columns the question touches: the only ones that are read."""
        used: set[str] = {"timestamp"}
        if self._select.explode_tags:
            used.add("tags")
        stack: list[Any] = [
            *self._select.columns.values(),
            *self._select.where,
        ]
        while stack:
            node = stack.pop()
            if isinstance(node, q.Field):
                if node.name not in ("tag_key", "tag_value"):
                    used.add(node.name)
            elif isinstance(node, q.Tag):
                used.add("tags")
            if isinstance(node, q.Contains):
                stack.extend(node.fields)
                if node.tags:
                    used.add("tags")
            for name in ("of", "by", "left"):
                child = getattr(node, name, None)
                stack.extend(child if isinstance(child, list) else [child] if child else [])
        unknown = used - set(self._types)
        if unknown:
            raise BadQuery(f"{self._select.table} has no column {sorted(unknown)[0]!r}")
        return sorted(used)

    def statement(self, sources: list[str]) -> str:
        """The whole statement over the given relations (one per day), which may be none."""
        select, dialect = self._select, self._dialect
        used = self.used_columns()
        names = ", ".join(used)
        source = " UNION ALL ".join(f"SELECT {names} FROM {relation}" for relation in sources)
        source = f"({source})" if len(sources) != 1 else sources[0]
        columns = [
            f"{self._out(expression)} AS {_name(name)}"
            for name, expression in select.columns.items()
        ]
        start, end = self._bind(select.start), self._bind(select.end)
        where = [
            f"timestamp >= {dialect.time_literal(start)}",
            f"timestamp < {dialect.time_literal(end)}",
        ]
        late: list[str] = []
        for condition in select.where:
            (late if _is_about_tags(condition) else where).append(self.condition(condition))
        if select.explode_tags:
            source = dialect.explode(source, names, " AND ".join(where))
            where = late or ["true"]
        text = f"SELECT {', '.join(columns)} FROM {source} WHERE {' AND '.join(where)}"
        if select.group_by:
            places = list(select.columns)
            text += " GROUP BY " + ", ".join(
                str(places.index(name) + 1) for name in select.group_by
            )
        if select.having:
            text += " HAVING " + " AND ".join(self.condition(one) for one in select.having)
        if select.order_by:
            text += " ORDER BY " + ", ".join(
                f"{_name(order.name)} {'DESC' if order.descending else 'ASC'} NULLS LAST"
                for order in select.order_by
            )
        return f"{text} LIMIT {int(select.limit)}"

    def expression(self, node: q.Expression) -> str:
        """One expression."""
        dialect = self._dialect
        if isinstance(node, q.Field):
            if node.name not in self._types:
                raise BadQuery(f"{self._select.table} has no column {node.name!r}")
            return node.name
        if isinstance(node, q.Tag):
            return dialect.tag(self._bind(node.key))
        if isinstance(node, q.Bucket):
            return dialect.bucket("timestamp", str(int(node.seconds)), str(int(node.offset)))
        if isinstance(node, q.Count):
            return "count(*)"
        if isinstance(node, q.Joined):
            separator = self._bind(node.separator)
            return dialect.joined([self.expression(part) for part in node.of], separator)
        inner = self.expression(node.of)
        if isinstance(node, q.First):
            return dialect.argmin(inner, self.expression(node.by))
        if isinstance(node, q.Last):
            return dialect.argmax(inner, self.expression(node.by))
        if isinstance(node, q.Distinct):
            return dialect.distinct(inner)
        return f"{_FUNCTIONS[type(node)]}({inner})"

    def condition(self, node: q.Condition) -> str:
        """One condition."""
        if isinstance(node, q.Compare):
            return self._compare(node)
        if isinstance(node, q.OneOf):
            return self._one_of(node)
        if isinstance(node, q.Matches):
            return self._dialect.like(self._text(node.left), self._bind(like_pattern(node.pattern)))
        if isinstance(node, q.Contains):
            return self._contains(node)
        if isinstance(node, q.Present):
            left = self.expression(node.left)
            if self._type_of(node.left) is ColumnType.TEXT:
                return f"({left} IS NOT NULL AND {left} <> '')"
            return f"({left} IS NOT NULL)"
        if isinstance(node, q.Not):
            return f"NOT coalesce({self.condition(node.of)}, false)"
        parts = [self.condition(part) for part in node.of]
        if isinstance(node, q.All):
            return f"({' AND '.join(parts)})" if parts else "true"
        return f"({' OR '.join(parts)})" if parts else "false"

    def _contains(self, node: q.Contains) -> str:
        texts = [self.expression(field) for field in node.fields]
        if node.tags:
            texts.append(self._dialect.tag_text())
        if not texts:
            return "false"
        if node.is_pattern:
            parameter = self._bind(like_pattern(f"*{node.text}*"))
            parts = [self._dialect.like(text, parameter) for text in texts]
        else:
            parameter = self._bind(node.text.lower())
            parts = [self._dialect.contains(text, parameter) for text in texts]
        return "(" + " OR ".join(f"coalesce({part}, false)" for part in parts) + ")"

    def _text(self, node: q.Expression) -> str:
        text = self.expression(node)
        return self._dialect.uuid_out(text) if self._type_of(node) is ColumnType.UUID else text

    def _compare(self, node: q.Compare) -> str:
        left = self.expression(node.left)
        if node.value is None:
            return f"{left} IS {'NOT ' if node.operator == '!=' else ''}NULL"
        value = self._typed(node.left, node.value)
        if node.operator == "!=":
            return f"{left} IS DISTINCT FROM {value}"
        return f"{left} {node.operator} {value}"

    def _one_of(self, node: q.OneOf) -> str:
        left = self.expression(node.left)
        if not node.values:
            return "false"
        kind = self._type_of(node.left)
        if len(node.values) <= 40 or kind is ColumnType.UUID:
            values = ", ".join(self._typed(node.left, value) for value in node.values)
            return f"{left} IN ({values})"
        return self._dialect.one_of(left, self._bind(node.values))

    def _typed(self, left: q.Expression, value: q.Value) -> str:
        parameter = self._bind(value)
        kind = self._type_of(left)
        if kind is ColumnType.TIME:
            return self._dialect.time_literal(parameter)
        if kind is ColumnType.UUID:
            return self._dialect.uuid(parameter)
        return parameter

    def _type_of(self, node: q.Expression) -> ColumnType | None:
        if isinstance(node, q.Field):
            return self._types.get(node.name)
        if isinstance(node, q.Lowest | q.Highest | q.First | q.Last):
            return self._type_of(node.of)
        return ColumnType.TEXT if isinstance(node, q.Tag | q.Lower | q.Joined) else ColumnType.INT

    def _out(self, node: q.Expression) -> str:
        text = self.expression(node)
        kind = self._type_of(node)
        if kind is ColumnType.TIME:
            return self._dialect.time_out(text)
        return self._dialect.uuid_out(text) if kind is ColumnType.UUID else text

    def _bind(self, value: Any) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"


def _is_about_tags(condition: q.Condition) -> bool:
    """Whether the condition can only be judged after the tags were exploded."""
    left = getattr(condition, "left", None)
    return isinstance(left, q.Field) and left.name in ("tag_key", "tag_value")


_FUNCTIONS = {q.Sum: "sum", q.Lowest: "min", q.Highest: "max", q.Lower: "lower"}


def like_pattern(pattern: str) -> str:
    r"""A LIKE pattern of a text in which `*` stands for anything and `\*` for itself."""
    return _LIKE.sub(_like_part, pattern)


def _like_part(found: re.Match[str]) -> str:
    guards, backslashes, special = found.groups()
    if special:
        return "\\" + special
    if backslashes:
        return backslashes * 2
    pairs, is_guarded = divmod(len(guards), 2)
    return "\\\\" * pairs + ("*" if is_guarded else "%")


_LIKE = re.compile(r"(\\*)\*|(\\+)|([%_])")


def _name(name: str) -> str:
    if not name.isidentifier():
        raise BadQuery(f"{name!r} is no column name")
    return f'"{name}"'
