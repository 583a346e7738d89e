"""The search keys of a table: what the items drawer offers, and the column each means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from vedette import items
from vedette.items import FieldType, SearchField
from vedette.store.table import Column, Table


@dataclass(frozen=True, slots=True)
class Fields:
    """The search keys of one table: what each means, and what it holds."""

    table: Table
    declared: Mapping[str, SearchField]
    types: Mapping[str, FieldType]

    @property
    def keys(self) -> Iterable[str]:
        """Every key."""
        return self.declared.keys()

    def column(self, key: str) -> Column | None:
        """The column that a key means."""
        field = self.declared.get(key)
        if field is None:
            return None
        return next((one for one in self.table.all_columns if one.name == field.column), None)


@cache
def fields_of(table: str = "errors") -> Fields:
    """The fields that the items of a table offer to search. Raises KeyError without a table."""
    found = {one.name: one for one in items.tables()}[table]
    held = {column.name for column in found.all_columns}
    declared: dict[str, SearchField] = {}
    types: dict[str, FieldType] = {}
    for kind in items.kinds().values():
        for key, field in kind.fields.items() if found in kind.tables else ():
            if field.column in held:
                declared[key], types[key] = field, kind.type_of(key)
    return Fields(found, declared, types)
