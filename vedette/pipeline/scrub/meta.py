"""Sentry's `_meta` tree, built from remarks when an event is read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.remarks import Remark

# A tree of any depth: names and list indexes lead to nodes, "" holds a node's own entry.
Meta = dict[str, Any]


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


def _paths(payload: bytes, starts: list[int]) -> dict[int, tuple[str, ...]]:
    """The path of each value that begins at one of `starts`, which ascend."""
    mask = structure.masked(payload)
    found: dict[int, tuple[str, ...]] = {}
    opened: list[int] = []
    brackets = structure.brackets(mask, 0, len(payload))
    bracket = next(brackets, len(payload))
    for start in starts:
        while bracket < start:
            if mask[bracket] in structure.OPEN:
                opened.append(bracket)
            elif opened:
                opened.pop()
            bracket = next(brackets, len(payload))
        found[start] = _path(payload, mask, [*opened, start])
    return found


def _path(payload: bytes, mask: bytes, values: list[int]) -> tuple[str, ...]:
    steps = []
    for container, value in pairwise(values):
        if mask[container] == ord("{"):
            name = structure.name_before(payload, mask, value) or b""
            steps.append(name.decode("utf-8", "replace"))
        else:
            steps.append(str(_index(mask, container, value)))
    return tuple(steps)


def _index(mask: bytes, container: int, value: int) -> int:
    """How many values of the list at `container` come before `value`."""
    index, position = 0, structure.following(mask, container + 1)
    while position < value:
        index += 1
        position = structure.following(mask, structure.value_end(mask, position))
        position = structure.following(mask, position + 1)
    return index
