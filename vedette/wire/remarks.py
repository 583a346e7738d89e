"""What was changed in an event and why, and the type of the readers that write it down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Json: TypeAlias = Any
Path: TypeAlias = tuple[str, ...]


class Remarks:
    """What was changed and why; `tree` is the event's `_meta`."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}

    def error(self, path: Path, code: str, **details: Json) -> None:
        """Record an error at `path`, in the shape of Sentry's `_meta`."""
        entry = self._at(path)
        entry.setdefault("err", []).append([code, details] if details else [code])

    def shortened(self, path: Path, length: int) -> None:
        """Record that a string or list of `length` was cut at `path`."""
        self._at(path)["len"] = length

    def _at(self, path: Path) -> dict[str, Any]:
        node = self.tree
        for part in path:
            node = node.setdefault(part, {})
        entry: dict[str, Any] = node.setdefault("", {})
        return entry


Reader: TypeAlias = Callable[[Json, Path, Remarks], Json]
