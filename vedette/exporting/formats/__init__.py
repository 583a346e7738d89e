"""DRAWER: one file per format that an export can have: `FORMAT`, a `Format`.

`chunks` makes the bytes of one file of portions of records, piece by piece; what needs room on
disk meanwhile takes it in `room`, a folder that is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from vedette.exporting.shapes import ExportError, Record, Shape
from vedette.kinds import discover


class Chunks(Protocol):
    """What a format makes of records."""

    def __call__(
        self, shape: Shape, portions: Iterable[list[Record]], room: Path
    ) -> Iterator[bytes]:
        """The bytes of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The contract of a format; see the module's docstring. `suffix` ends the file's name."""

    name: str
    suffix: str
    content_type: str
    chunks: Chunks


@cache
def formats() -> dict[str, Format]:
    """Every format by its name."""
    return {module.FORMAT.name: module.FORMAT for module in discover(__name__)}


def format_named(name: str) -> Format:
    """The format of this name. Raises ExportError."""
    found = formats().get(name)
    if found is None:
        raise ExportError(f"there is no format {name!r}: it is one of {', '.join(formats())}")
    return found
