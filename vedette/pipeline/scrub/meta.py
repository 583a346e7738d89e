"""Sentry's `_meta` tree, built from remarks when an event is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.remarks import Remark
from vedette.wire.json_text import parse
from vedette.wire.remarks import Remarks
from vedette.wire.tolerant import anything

# A tree of any depth: names and list indexes lead to nodes, "" holds a node's own entry.
Meta = dict[str, Any]

# Deeper places are not told: nobody could read the tree.
_MAX_DEPTH = 200


def meta(payload: bytes, remarks: tuple[Remark, ...]) -> Meta:
    """The `_meta` tree of a scrubbed payload; empty if nothing was changed.

    `remarks` are those that belong to this payload; one whose place is not there is left out.
    A `_meta` that the SDK sent in the payload is kept; where both tell of one value, the
    remarks follow each other. Never raises.
    """
    tree = _sent_meta(payload)
    paths = paths_of(payload, sorted({remark.start for remark in remarks}))
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
    if isinstance(earlier, list):
        earlier.append(entry)
    else:
        node["rem"] = [entry]
    if remark.original_length is not None:
        node.setdefault("len", remark.original_length)


def _sent_meta(payload: bytes) -> Meta:
    try:
        sent = _decode_sent(payload).meta
        held = parse(bytes(sent)) if sent else None
    except (msgspec.DecodeError, RecursionError, ValueError):
        return {}
    clean = anything(held, (), Remarks())
    return clean if isinstance(clean, dict) else {}


class _Sent(msgspec.Struct, rename={"meta": "_meta"}):
    meta: msgspec.Raw = msgspec.Raw()


_decode_sent = msgspec.json.Decoder(_Sent).decode


@dataclass(slots=True)
class _Container:
    """An open list or object: its own step, and how far its values were counted."""

    start: int
    step: str
    next_value: int
    index: int = 0

    def pass_over(self, mask: bytes, end: int) -> None:
        """The value that began at `next_value` ends before `end`: the next one is in turn."""
        comma = structure.following(mask, end)
        self.next_value = structure.following(mask, comma + 1)
        self.index += 1


def paths_of(payload: bytes, starts: list[int]) -> dict[int, tuple[str, ...]]:
    """The path of each value that begins at one of `starts`, which ascend."""
    mask = structure.masked(payload)
    found: dict[int, tuple[str, ...]] = {}
    opened: list[_Container] = []
    brackets = structure.brackets(mask, 0, len(payload))
    bracket = next(brackets, len(payload))
    for start in starts:
        if start >= len(payload):
            break
        while bracket < start:
            if mask[bracket] in structure.OPEN:
                step = _step(payload, mask, opened, bracket)
                first = structure.following(mask, bracket + 1)
                opened.append(_Container(bracket, step, first))
            elif opened:
                opened.pop()
                if opened:
                    opened[-1].pass_over(mask, bracket + 1)
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
        container.pass_over(mask, structure.value_end(mask, container.next_value))
    return str(container.index)
