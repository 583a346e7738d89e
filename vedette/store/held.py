"""What there is of a table for a day at one moment: in its file, and in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from vedette.store.dayfile import DayFile
from vedette.store.sources import Source
from vedette.store.table import Table


class Held(NamedTuple):
    """Rows of a table: where they lie in files, and those that wait in memory."""

    sources: Sequence[Source] = ()
    waiting: Sequence[Any] = ()

    @classmethod
    def of(cls, file: DayFile, table: Table) -> Held:
        """What there is for the file's day."""
        source = Source(f"{file.name}.{table.name}", file.flush, file.tag_columns_of(table.name))
        mine = (batch for batch in file.memory if batch.table.name == table.name)
        return cls([source], [batch.arrow for batch in mine])

    @classmethod
    def together(cls, held: Sequence[Held]) -> Held:
        """What there is for all these days."""
        return cls(
            [source for one in held for source in one.sources],
            [arrow for one in held for arrow in one.waiting],
        )
