"""How far the writers of one spool have had their effect on the metadata, which may be shared."""

from __future__ import annotations

from pathlib import Path

from vedette.issues.models import SpoolPosition
from vedette.spool.identity import identity_of


def named(writer: str, identity: str) -> str:
    """What a writer of the spool with this name is called where those of others are noted, too."""
    return f"{writer}@{identity}" if identity else writer


class Positions:
    """Those of the spool in this folder, by the names of its writers."""

    def __init__(self, spool_folder: Path) -> None:
        self._identity = identity_of(spool_folder)

    def name_of(self, writer: str) -> str:
        """What a writer is called where those of other spools are noted, too."""
        return named(writer, self._identity)

    def of(self, writer: str) -> int:
        """The position of one; 0 where nothing of it was applied."""
        found = SpoolPosition.objects.filter(writer=self.name_of(writer)).first()
        return found.position if found else 0

    def all(self) -> dict[str, int]:
        """Those of all writers of this spool."""
        rows = SpoolPosition.objects.values_list("writer", "position")
        parts = ((writer.partition("@"), position) for writer, position in rows)
        return {name: position for (name, _, of), position in parts if of == self._identity}

    def move(self, writer: str, position: int) -> None:
        """Note it, in the transaction of the effect."""
        name = self.name_of(writer)
        if not SpoolPosition.objects.filter(writer=name).update(position=position):
            SpoolPosition.objects.create(writer=name, position=position)
