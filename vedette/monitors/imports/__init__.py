"""DRAWER: one file per other product whose monitors can be taken over.

A format is a module with one name, `FORMAT`, a `Format`:

- `name`, `label`, `help`: how people call it, and how they get the file;
- `read`: what a file holds, or None if it is another product's. It raises nothing for bad values:
  what cannot be taken over is a `Found` without an entry, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vedette.kinds import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One monitor of a file. `entry` is it as files for `vedette apply` have it, without a
    project; None where there is nothing of the kind here. `notes` say what is lost."""

    name: str
    entry: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The contract of a format; see the module's docstring."""

    name: str
    label: str
    help: str
    read: Callable[[str], list[Found] | None]


@cache
def formats() -> dict[str, Format]:
    """Every format by its name."""
    return {module.FORMAT.name: module.FORMAT for module in discover(__name__)}


def read_any(text: str) -> tuple[Format, list[Found]] | None:
    """What a file holds, whosever it is; None if nobody knows it."""
    for one in formats().values():
        found = one.read(text)
        if found is not None:
            return one, found
    return None
