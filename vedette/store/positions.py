"""Two notes of how far each writer's spool has come: `durable.json` and `checkpoint.json`.

Durable is what lies in day files, though maybe in their logs; safe is what a checkpoint has
folded into them. Either may be older than the truth, never newer. With the durable positions
stands which flush each file had reached: one that has less has lost the end of its log.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TypeVar

import msgspec

from vedette.store.durable import write_file

log = logging.getLogger("vedette.store")

_T = TypeVar("_T")


class Durable(msgspec.Struct):
    """The contents of `durable.json`."""

    positions: dict[str, int] = {}
    flushes: dict[str, int] = {}


class Positions:
    """Both notes of a store's folder."""

    def __init__(self, folder: Path) -> None:
        self._safe_path = folder / "checkpoint.json"
        self._durable_path = folder / "durable.json"
        self.safe = _read(self._safe_path, dict[str, int]) or {}
        self.durable = _read(self._durable_path, Durable) or Durable()
        for writer, position in self.safe.items():
            held = self.durable.positions.get(writer, 0)
            self.durable.positions[writer] = max(held, position)

    def note_durable(self, positions: dict[str, int], flushes: dict[str, int]) -> None:
        """Everything before these positions is in day files."""
        durable = Durable(dict(positions), flushes)
        if durable != self.durable:
            write_file(self._durable_path, msgspec.json.encode(durable))
            self.durable = durable

    def note_safe(self, positions: dict[str, int]) -> None:
        """Everything before these positions is checkpointed; lasting when it returns."""
        if positions != self.safe:
            write_file(self._safe_path, msgspec.json.encode(positions), must_last=True)
            self.safe = positions


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s cannot be read, more of the spool is read again: %s", path.name, error)
        return None
