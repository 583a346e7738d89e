"""Writing search terms: values quoted where the search language needs it."""

from __future__ import annotations

_SPECIAL = frozenset(' "()*:,[]\\')


def quote(value: str) -> str:
    """A value as it must stand in a search: in quotes where it has special characters."""
    if value and not _SPECIAL.intersection(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def term(key: str, value: str) -> str:
    """`key:value` as the search reads it."""
    return f"{key}:{quote(value)}"
