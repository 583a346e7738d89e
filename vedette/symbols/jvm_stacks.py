"""Stacks and exceptions of Java and Kotlin through the mappings that their event names."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple, TypeAlias

from vedette.symbols.jvm import remap_class, remap_frame
from vedette.symbols.mapping import Mapping
from vedette.symbols.notes import put_note
from vedette.symbols.room import Room
from vedette.symbols.verdicts import NAMED, SymbolVerdict

Tree: TypeAlias = dict[str, Any]

MOST_FRAMES = 4000  # of an event
JVM_PLATFORMS = frozenset({"java", "kotlin", "android"})


class JvmReader(NamedTuple):
    """Reads the stacks of one event. `verdict` is said of a frame that no mapping changes."""

    platform: str
    mappings: list[Mapping]
    verdict: SymbolVerdict
    note: Tree
    room: Room

    def read(
        self, frames: list[Any], tally: Counter[SymbolVerdict], most: int = MOST_FRAMES
    ) -> tuple[list[list[Any]], bool]:
        """For each frame those that stand for it, and whether any of them is new; only the `most`
        innermost are looked at."""
        first = max(len(frames) - most, 0)
        pieces = [self._read(frame, tally) for frame in frames[first:]]
        is_read = any(
            piece[0] is not frame and _is_named(piece[0])
            for piece, frame in zip(pieces, frames[first:], strict=True)
        )
        return [*([frame] for frame in frames[:first]), *pieces], is_read

    def _read(self, frame: Any, tally: Counter[SymbolVerdict]) -> list[Any]:
        own = frame.get("platform") or self.platform if isinstance(frame, dict) else ""
        if own not in JVM_PLATFORMS or not frame.get("module"):
            return [frame]
        calls = next((found for one in self.mappings if (found := remap_frame(frame, one))), [])
        new = self.room.calls(calls)
        came = SymbolVerdict.APPLIED if new else self.verdict
        tally[came] += 1
        new = new or [dict(frame)]
        for call, one in enumerate(new):
            inlined = {"inlined": True} if call else {}
            put_note(one, {"verdict": came.value, **self.note, **inlined})
        return new


def _is_named(frame: Tree) -> bool:
    return frame["data"]["symbols"]["verdict"] in NAMED


def rename(holder: Tree, mappings: list[Mapping]) -> None:
    """Give an exception its original class."""
    name, module = holder.get("type"), holder.get("module")
    if not isinstance(name, str):
        return
    package = module if isinstance(module, str) else ""
    found = next((new for one in mappings if (new := remap_class(package, name, one))), None)
    if found is not None:
        holder["raw_class"] = {"type": name, "module": module}
        holder["module"], holder["type"] = found
