"""Conditions of questions asked of one row in Python, before or without the store.

They hold for a row exactly when the engines find it: a property test compares both. A condition
is compiled once into nested functions; a row is a mapping from column to value, times in
microseconds, ids as 32 hex digits, tags as a mapping or as pairs. Linear in the row's texts:
patterns are never regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

from vedette.store import query as q
from vedette.store.dialect import DECIMAL
from vedette.store.errors import BadQuery
from vedette.store.expressions import functions
from vedette.store.patterns import fits

RowValues: TypeAlias = Mapping[str, Any]
Predicate: TypeAlias = Callable[[RowValues], bool]
Value: TypeAlias = Callable[[RowValues], Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def predicate(condition: q.Condition) -> Predicate:
    """Whether a row fulfils the condition. Raises BadQuery for what is of many rows."""
    if isinstance(condition, q.Compare):
        return _compare(condition)
    if isinstance(condition, q.OneOf):
        return _one_of(condition)
    if isinstance(condition, q.Matches):
        return _matches(condition)
    if isinstance(condition, q.Contains):
        return _contains(condition)
    if isinstance(condition, q.Present):
        left = value_of(condition.left)
        return lambda row: left(row) not in (None, "")
    if isinstance(condition, q.Not):
        inner = predicate(condition.of)
        return lambda row: not inner(row)
    parts = tuple(predicate(part) for part in condition.of)
    if isinstance(condition, q.All):
        return _every(parts)
    return lambda row: any(part(row) for part in parts)


def value_of(expression: q.Expression) -> Value:
    """The value of an expression for a row. Raises BadQuery for an aggregate."""
    if isinstance(expression, q.Field):
        name = expression.name
        return lambda row: row.get(name)
    if isinstance(expression, q.Tag):
        return _tag(expression)
    if isinstance(expression, q.Constant):
        value = expression.value
        return lambda row: value
    function = functions().get(expression.name)
    if function is None or function.is_aggregate:
        raise BadQuery(f"{expression.name}() is not of a single row")
    parts = tuple(
        value_of(one) if isinstance(one, q.Field | q.Tag | q.Constant | q.Call) else predicate(one)
        for one in expression.arguments
    )
    run = function.brute_force
    return lambda row: run(*(part(row) for part in parts))


def _every(parts: tuple[Predicate, ...]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda row: first(row) and second(row)
    return lambda row: all(part(row) for part in parts)


def _tag(tag: q.Tag) -> Value:
    key, column, is_number = tag.key, tag.column, tag.is_number

    def value(row: RowValues) -> Any:
        held = row.get(column)
        if not held:
            return None
        found = (
            held.get(key)
            if isinstance(held, Mapping)
            else next((text for name, text in held if name == key), None)
        )
        return _decimal(found) if is_number else found

    return value


@lru_cache(maxsize=4096)
def _decimal(text: str | None) -> float | None:
    return float(text) if text is not None and _DECIMAL.fullmatch(text) else None


def _compare(node: q.Compare) -> Predicate:
    left = value_of(node.left)
    if node.value is None:
        is_wanted = node.operator != "!="
        return lambda row: (left(row) is None) is is_wanted
    if isinstance(node.value, q.Field | q.Tag | q.Constant | q.Call):
        return _compare_two(left, node.operator, value_of(node.value))
    wanted = as_stored(node.value)
    if node.operator == "!=":
        return lambda row: left(row) != wanted
    if node.operator == "=":
        return lambda row: left(row) == wanted
    order = _ORDER[node.operator]

    def holds(row: RowValues) -> bool:
        value = left(row)
        return value is not None and order(value, wanted)

    return holds


def _compare_two(left: Value, operator: q.Comparison, right: Value) -> Predicate:
    if operator == "!=":
        return lambda row: left(row) != right(row)
    order = _ORDER[operator]

    def holds(row: RowValues) -> bool:
        one, other = left(row), right(row)
        return one is not None and other is not None and order(one, other)

    return holds


def _one_of(node: q.OneOf) -> Predicate:
    left = value_of(node.left)
    values = frozenset(as_stored(value) for value in node.values if value is not None)
    return lambda row: left(row) in values


def _matches(node: q.Matches) -> Predicate:
    left, pattern = value_of(node.left), node.pattern

    def holds(row: RowValues) -> bool:
        value = left(row)
        return value is not None and fits(pattern, _text(value))

    return holds


def _contains(node: q.Contains) -> Predicate:
    fields = tuple(value_of(one) for one in node.fields)
    test = _inner(node)
    has_tags = node.tags

    def holds(row: RowValues) -> bool:
        for field in fields:
            value = field(row)
            if value is not None and test(_text(value)):
                return True
        return has_tags and any(map(test, _tag_values(row.get("tags"))))

    return holds


def _inner(node: q.Contains) -> Callable[[str], bool]:
    if node.is_pattern:
        pattern = f"*{node.text}*"
        return lambda text: fits(pattern, text)
    words = node.text.lower()
    return lambda text: words in text.lower()


def _tag_values(held: Any) -> Iterable[str]:
    if isinstance(held, Mapping):
        return held.values()
    return (text for _, text in held or ())


def _text(value: Any) -> str:
    """A value as the text that patterns match: engines write truth in small letters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def as_stored(value: Any) -> Any:
    """A constant as rows hold it: ids are written in small letters."""
    return value.lower() if isinstance(value, str) and _HEX_ID.fullmatch(value) else value


_DECIMAL = re.compile(DECIMAL)
_HEX_ID = re.compile(r"[0-9A-F]{32}")
