"""What a question means, row by row in Python: the engines are compared with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from vedette.store import query as q
from vedette.store.expressions import functions
from vedette.store.patterns import pieces

Row = dict[str, Any]
_DECIMAL = re.compile(r"-?[0-9]{1,200}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")


def value(node: q.Argument, row: Row) -> Any:
    """What an expression or condition is for one row."""
    if isinstance(node, q.Field):
        return row[node.name]
    if isinstance(node, q.Tag):
        text = dict(row[node.column] or []).get(node.key)
        if not node.is_number or text is None:
            return text
        return float(text) if _DECIMAL.fullmatch(text) else None
    if isinstance(node, q.Constant):
        return node.value
    if isinstance(node, q.Call):
        function = functions()[node.name]
        assert not function.is_aggregate
        return function.brute_force(*(value(one, row) for one in node.arguments))
    return holds(node, row)


def figure(node: q.Expression, rows: Sequence[Row], seconds: float) -> Any:
    """What an expression over aggregates is for a group of rows."""
    if isinstance(node, q.Constant):
        return node.value
    assert isinstance(node, q.Call)
    function = functions()[node.name]
    if not function.is_aggregate:
        return function.brute_force(*(figure(one, rows, seconds) for one in node.arguments))
    arguments = [
        one.value if isinstance(one, q.Constant) else [value(one, row) for row in rows]
        for one in node.arguments
    ]
    if node.name == "count":
        arguments = [len(rows)]
    if node.name == "rate":
        arguments = [len(rows), *arguments, seconds]
    return function.brute_force(*arguments)


def holds(node: Any, row: Row) -> bool:
    """Whether a condition is true for a row; null is not true."""
    if isinstance(node, q.Compare):
        left = value(node.left, row)
        right = value(node.value, row) if isinstance(node.value, q.Field) else node.value
        return _COMPARISONS[node.operator](left, right)
    if isinstance(node, q.OneOf):
        return value(node.left, row) in [one for one in node.values if one is not None]
    if isinstance(node, q.Present):
        return value(node.left, row) not in (None, "")
    if isinstance(node, q.Matches):
        left = value(node.left, row)
        expression = ".*".join(re.escape(part.lower()) for part in pieces(node.pattern))
        return left is not None and bool(re.fullmatch(expression, left.lower(), re.DOTALL))
    if isinstance(node, q.Contains):
        texts = [value(field, row) or "" for field in node.fields]
        texts += [text for _, text in row["tags"] or []] if node.tags else []
        return any(node.text.lower() in text.lower() for text in texts)
    if isinstance(node, q.Not):
        return not holds(node.of, row)
    assert isinstance(node, q.All | q.Either)
    return (all if isinstance(node, q.All) else any)(holds(one, row) for one in node.of)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: left is not None and right is not None and compare(left, right)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left is right is None if right is None else left == right,
    "!=": lambda left, right: left != right,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
