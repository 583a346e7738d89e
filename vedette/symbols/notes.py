"""What is noted in a frame of how it was read."""

from __future__ import annotations

from typing import Any, TypeAlias

from vedette.symbols.lookup import FoundSymbols
from vedette.symbols.placing import Located
from vedette.symbols.verdicts import SymbolVerdict

Tree: TypeAlias = dict[str, Any]


def mark(
    frame: Tree, place: Located, file: FoundSymbols, verdict: SymbolVerdict, *, is_inlined: bool
) -> None:
    """Note in the frame what came of it."""
    note: Tree = {"verdict": verdict.value}
    if place.image is not None:
        note["at"] = hex(place.address)
        note |= {"image": place.image.name, "debug_id": place.image.wanted.debug_id}
        note["code_id"] = place.image.wanted.code_id
    note |= {"file": file.file_id, "name": file.name, "fault": file.fault, "inlined": is_inlined}
    put_note(frame, {key: value for key, value in note.items() if value})


def put_note(frame: Tree, note: Tree) -> None:
    """Put the note beside what the SDK has put there."""
    data = frame.get("data")
    frame["data"] = {**(data if isinstance(data, dict) else {}), "symbols": note}
