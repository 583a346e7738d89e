"""Sentry's `_meta` tree, built from remarks when an event is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.remarks import Remark

# A tree of any depth: names and list indexes lead to nodes, "" holds a node's own entry.
Meta = dict[str, Any]

# Deeper places are not told: nobody could read the tree.
_MAX_DEPTH = 200


def meta(payload: bytes, remarks: tuple[Remark, ...]) -> Meta:
    """The `_meta` tree of a scrubbed payload; empty if nothing was changed.

    `remarks` are those that belong to exactly this payload. A `_meta` that the SDK sent in
    the payload is kept; where both tell of one value, the remarks follow each other.
    """
    tree = _sent_meta(payload)
    paths = _paths(payload, sorted({remark.start for remark in remarks}))
    for remark in remarks:
        path = paths.get(remark.start)
        if path is not None:
            _add(tree, path, remark)
    return tree


def _add(tree: Meta, path: tuple[str, ...], remark: Remark) -> None:
    node = tree
    for step in (*path, ""):
        child = node.get(step)
        if not isinstance(child, dict):
            child = node[step] = {}
        node = child
    entry: list[object] = [remark.rule, remark.kind.value, *(remark.range or ())]
    earlier = node.get("rem")
    node["rem"] = [*earlier, entry] if isinstance(earlier, list) else [entry]
    if remark.original_length is not None:
        node.setdefault("len", remark.original_length)


def _sent_meta(payload: bytes) -> Meta:
    try:
        sent = msgspec.json.decode(payload, type=_Sent)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return {}
    return sent.meta if isinstance(sent.meta, dict) else {}


class _Sent(msgspec.Struct, rename={"meta": "_meta"}):
    meta: Any = None


@dataclass(slots=True)
class _Container:
    """An open list or object: its own step, and how far its values were counted."""

    start: int
    step: str
    next_value: int
    index: int = 0


def _paths(payload: bytes, starts: list[int]) -> dict[int, tuple[str, ...]]:
    """The path of each value that begins at one of `starts`, which ascend."""
    mask = structure.masked(payload)
    found: dict[int, tuple[str, ...]] = {}
    opened: list[_Container] = []
    brackets = structure.brackets(mask, 0, len(payload))
    bracket = next(brackets, len(payload))
    for start in starts:
        while bracket < start:
            if mask[bracket] in structure.OPEN:
                step = _step(payload, mask, opened, bracket)
                first = structure.following(mask, bracket + 1)
                opened.append(_Container(bracket, step, first))
            elif opened:
                opened.pop()
            bracket = next(brackets, len(payload))
        if len(opened) <= _MAX_DEPTH:
            steps = [container.step for container in opened[1:]]
            found[start] = (*steps, _step(payload, mask, opened, start))
    return found


def _step(payload: bytes, mask: bytes, opened: list[_Container], value: int) -> str:
    """The name or index that leads from the innermost container to the value at `value`."""
    if not opened:
        return ""
    container = opened[-1]
    if mask[container.start] == ord("{"):
        name = structure.name_before(payload, mask, value) or b""
        return name.decode("utf-8", "replace")
    while container.next_value < value:
        container.index += 1
        end = structure.value_end(mask, container.next_value)
        comma = structure.following(mask, end)
        container.next_value = structure.following(mask, comma + 1)
    return str(container.index)
