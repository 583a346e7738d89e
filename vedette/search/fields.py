"""The search keys of a table: what the items drawer offers, and the column each means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from vedette import items
from vedette.store.table import Column, Table


@dataclass(frozen=True, slots=True)
class Fields:
    """The search keys of one table and the column each means."""

    table: Table
    columns: Mapping[str, str]

    def column(self, key: str) -> Column | None:
        """The column that a key means."""
        name = self.columns.get(key)
        return next((one for one in self.table.all_columns if one.name == name), None)


@cache
def fields_of(table: str = "errors") -> Fields:
    """The fields that the items of a table offer to search. Raises KeyError without a table."""
    found = {one.name: one for one in items.tables()}[table]
    held = {column.name for column in found.all_columns}
    columns = {
        key: held_field.column
        for kind in items.kinds().values()
        if found in kind.tables
        for key, held_field in kind.fields.items()
        if held_field.column in held
    }
    return Fields(found, columns)
