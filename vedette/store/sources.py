"""Where the rows of a question lie, each as a relation that gives what the question reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vedette.store import schema
from vedette.store.table import Table
from vedette.store.tagcolumns import TagColumn
from vedette.store.tagkeys import Tag
from vedette.store.writing import values_of


class Reading(NamedTuple):
    """What a question reads of a table: columns, and tags under the names that it gives them."""

    table: Table
    names: list[str]
    tags: Mapping[Tag, str]

    @property
    def needed(self) -> list[str]:
        """The columns from which all of it can be had, in the table's order."""
        found = {*self.names, *(tag.column for tag in self.tags)}
        return [column.name for column in self.table.all_columns if column.name in found]


class Source(NamedTuple):
    """A table of a file up to a flush, or rows in memory in their Arrow form."""

    name: str
    flush: int | None = None
    tag_columns: Mapping[Tag, TagColumn] = {}

    def relation(self, reading: Reading) -> str:
        """What is read of it, as a relation in SQL; all would cost too much."""
        if self.flush is None:
            columns = values_of(reading.table, reading.names)
            columns += [f"{tag.in_list} AS {name}" for tag, name in reading.tags.items()]
            return f"(SELECT {', '.join(columns)} FROM {self.name})"
        held = {tag: self.tag_columns[tag] for tag in reading.tags if tag in self.tag_columns}
        since = max((column.since for column in held.values()), default=self.flush)
        parts = []
        if since < self.flush:
            parts.append(self._part(reading, held, f"> {since}"))
        if since >= 0:
            parts.append(self._part(reading, {}, f"<= {since}"))
        return f"({' UNION ALL '.join(parts)})"

    def _part(self, reading: Reading, held: Mapping[Tag, TagColumn], flushes: str) -> str:
        """The rows of some flushes: these tags are read of their columns, others of the map."""
        columns = [
            *reading.names,
            *(
                f"{held[tag].name if tag in held else tag.in_map} AS {name}"
                for tag, name in reading.tags.items()
            ),
        ]
        where = f"{schema.FLUSH} {flushes} AND {schema.FLUSH} <= {self.flush}"
        return f"SELECT {', '.join(columns)} FROM {self.name} WHERE {where}"
