"""Stacks and exceptions of Java and Kotlin through the mappings that their event names."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeAlias

from symbolic.proguard import ProguardMapper

from vedette.symbols.jvm import remap_class, remap_frame
from vedette.symbols.notes import put_note
from vedette.symbols.placing import frames_of
from vedette.symbols.verdicts import NAMED, SymbolVerdict

Tree: TypeAlias = dict[str, Any]

JVM_PLATFORMS = frozenset({"java", "kotlin", "android"})


def read_jvm_stack(
    holder: Tree,
    platform: str,
    mappings: list[ProguardMapper],
    verdict: SymbolVerdict,
    note: Tree,
    tally: Counter[SymbolVerdict],
    *,
    most_frames: int,
) -> None:
    """The frames of classes through the mappings that the event names."""
    frames = frames_of(holder)[:most_frames]
    made: list[Any] = []
    has_changed = False
    for frame in frames:
        own = frame.get("platform") or platform if isinstance(frame, dict) else ""
        if own not in JVM_PLATFORMS or not frame.get("module"):
            made.append(frame)
            continue
        new = next((found for one in mappings if (found := remap_frame(frame, one))), [])
        came = SymbolVerdict.APPLIED if new else verdict
        new = new or [dict(frame)]
        tally[came] += 1
        for call, one in enumerate(new):
            put_note(one, {"verdict": came.value, **note, **({"inlined": True} if call else {})})
        made += new
        has_changed = has_changed or came in NAMED
    if has_changed:
        holder["raw_stacktrace"] = {**holder["stacktrace"], "frames": frames}
    holder["stacktrace"] = {**holder["stacktrace"], "frames": made}


def rename(holder: Tree, mappings: list[ProguardMapper]) -> None:
    """Give an exception its original class."""
    name, module = holder.get("type"), holder.get("module")
    if not isinstance(name, str):
        return
    package = module if isinstance(module, str) else ""
    found = next((new for one in mappings if (new := remap_class(package, name, one))), None)
    if found is not None:
        holder["raw_class"] = {"type": name, "module": module}
        holder["module"], holder["type"] = found
