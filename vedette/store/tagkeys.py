"""Which tags a question looks at: for rows in memory only these are made into a map.

A map of all tags of a row costs ten times what the question itself does. A question that has
a part which is not known here is taken to look at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vedette.store import query as q

_KNOWN = (
    *(q.Field, q.Tag, q.Lower, q.Joined, q.Bucket, q.Count, q.Sum, q.Distinct),
    *(q.Lowest, q.Highest, q.First, q.Last),
    *(q.Compare, q.OneOf, q.Matches, q.Contains, q.Present, q.All, q.Either, q.Not),
)


def keys_of(select: q.Select) -> frozenset[str] | None:
    """The keys of the tags that the question looks at; None for all."""
    if select.explode_tags:
        return None
    keys = set()
    for node in _nodes([*select.columns.values(), *select.where, *select.having]):
        if type(node) not in _KNOWN:
            return None
        if getattr(node, "tags", False) or getattr(node, "name", "") == "tags":
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


def _nodes(found: list[Any]) -> Iterator[Any]:
    while found:
        node = found.pop()
        if isinstance(node, list):
            found.extend(node)
        elif isinstance(node, msgspec.Struct):
            yield node
            found.extend(getattr(node, name) for name in node.__struct_fields__)
