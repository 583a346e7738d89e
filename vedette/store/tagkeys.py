"""Which tags a question looks at: for rows in memory only these are made into a map.

A map of all tags of a row costs ten times what the question itself does. A question that has
a part which is not known here is taken to look at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vedette.store import query as q
from vedette.store.table import ColumnType, Table

_KNOWN = (
    *(q.Field, q.Tag, q.Constant, q.Call),
    *(q.Compare, q.OneOf, q.Matches, q.Contains, q.Present, q.All, q.Either, q.Not),
)


def keys_of(select: q.Select, tables: Sequence[Table]) -> frozenset[str] | None:
    """The keys of the tags that the question looks at; None for all."""
    if select.explode_tags:
        return None
    maps = {c.name for table in tables for c in table.columns if c.type is ColumnType.TAGS}
    keys: set[str] = set()
    for node in _nodes(select):
        if type(node) not in _KNOWN or getattr(node, "tags", False):
            return None
        if isinstance(node, q.Field) and node.name in maps:
            return None
        if isinstance(node, q.Tag):
            keys.add(node.key)
    return frozenset(keys) if all(key.isprintable() for key in keys) else None


def as_map(column: str, keys: frozenset[str] | None) -> str:
    """SQL that makes a map of a list of key and value, with these keys only."""
    if keys is None:
        return f"map_from_entries({column})"
    wanted = ", ".join("'" + key.replace("'", "''") + "'" for key in sorted(keys)) or "NULL"
    return f"map_from_entries(list_filter({column}, lambda tag: tag.key IN ({wanted})))"


def _nodes(select: q.Select) -> Iterator[msgspec.Struct]:
    found: list[Any] = [*select.columns.values(), *select.where, *select.having]
    if select.top is not None:
        found.append(select.top.figure)
    if select.join is not None:
        found += select.join.where
    while found:
        node = found.pop()
        if isinstance(node, list):
            found.extend(node)
        elif isinstance(node, msgspec.Struct):
            yield node
            found.extend(getattr(node, name) for name in node.__struct_fields__)
