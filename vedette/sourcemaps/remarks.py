"""The remarks about an event's values (`_meta`) follow its frames when these are read.

What was said of a frame as it was sent is true of `raw_stacktrace` from then on, and of what
the frame still has of it.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, TypeAlias

Tree: TypeAlias = dict[str, Any]

# What a reading puts into a frame in the place of what was sent.
REPLACED = frozenset(
    {"function", "filename", "abs_path", "module", "lineno", "colno", "in_app"}
    | {"pre_context", "context_line", "post_context"}
)


def follow(meta: Tree, path: Sequence[str]) -> Tree | None:
    """The node of a value; None where nothing is said of it or below it."""
    node: object = meta
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def carry_over(meta: Tree, path: Sequence[str], read: Sequence[int]) -> None:
    """The stack of what lies at `path` was read, its frames of these indexes replaced."""
    node = follow(meta, path)
    if node is None or "stacktrace" not in node:
        return
    node["raw_stacktrace"] = copy.deepcopy(node["stacktrace"])
    frames = follow(node, ("stacktrace", "frames"))
    for index in read if frames is not None else ():
        said = follow(frames or {}, (str(index),))
        for name in REPLACED & set(said or ()):
            del (said or {})[name]


def take_back(meta: Tree, path: Sequence[str]) -> None:
    """The stack of what lies at `path` is again as it was sent."""
    node = follow(meta, path)
    if node is not None and "raw_stacktrace" in node:
        node["stacktrace"] = node.pop("raw_stacktrace")
