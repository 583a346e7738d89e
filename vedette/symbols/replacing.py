"""New frames put into a stack in the place of those that were sent, which stay beside them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, TypeAlias

from vedette.sourcemaps.remarks import REPLACED, follow

Tree: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[Sequence[str], Tree]  # of a stack: its path, and what has it


def put_frames(place: Place, meta: Tree, pieces: Sequence[Sequence[Any]], *, is_read: bool) -> None:
    """Let the stack of `place` have these frames: for each that was sent those that stand for it.

    `is_read` if any of them is a new one: then the stack as it was sent is kept beside it, and
    what was said of a frame (`_meta`) is said of the frame that has its variables now.
    """
    if not pieces:
        return
    path, holder = place
    trace = holder["stacktrace"]
    if is_read:
        holder.setdefault("raw_stacktrace", trace)
        _move_remarks(meta, path, pieces)
    holder["stacktrace"] = {**trace, "frames": [frame for piece in pieces for frame in piece]}


def _move_remarks(meta: Tree, path: Sequence[str], pieces: Sequence[Sequence[Any]]) -> None:
    node = follow(meta, path)
    said = follow(node or {}, ("stacktrace", "frames"))
    if node is None or said is None:
        return
    node.setdefault("raw_stacktrace", copy.deepcopy(node["stacktrace"]))
    moved: Tree = {}
    end = 0
    for at, piece in enumerate(pieces):
        end += len(piece)
        of_frame = said.get(str(at))
        if not isinstance(of_frame, dict):
            continue
        is_new = len(piece) != 1 or "symbols" in (piece[0].get("data") or {})
        kept = {key: value for key, value in of_frame.items() if not is_new or key not in REPLACED}
        if kept:
            moved[str(end - 1)] = kept
    node["stacktrace"]["frames"] = moved
