"""A crash report beside an event: what it says is put into the event before it is scrubbed.

The report itself stays an attachment.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
import orjson

from vedette.crashes.apple import read_apple_report
from vedette.crashes.dumps import describe
from vedette.crashes.frame_info import AskFrameInfo, has_none
from vedette.crashes.minidump import read_minidump
from vedette.crashes.unreal import read_container
from vedette.wire.json_text import parse

Tree: TypeAlias = dict[str, Any]

_KEPT_IMAGES = ("sourcemap", "proguard")


class CrashReport(msgspec.Struct, frozen=True, gc=False):
    """A report of a form that is known: its attachment type, and its bytes."""

    type: str
    data: bytes


def _read_minidump(data: bytes, ask: AskFrameInfo) -> Tree:
    return describe(read_minidump(data), ask)


def _read_apple(data: bytes, ask: AskFrameInfo) -> Tree:
    return read_apple_report(data)  # the system has walked its stacks


# By attachment type. Each raises ValueError for what is no report.
_READERS: dict[str, Callable[[bytes, AskFrameInfo], Tree]] = {
    "event.minidump": _read_minidump,
    "event.applecrashreport": _read_apple,
    "unreal.report": read_container,
    "unreal_report": read_container,
}
REPORTS = frozenset(_READERS)


def fold(payload: bytes, report: CrashReport, ask: AskFrameInfo = has_none) -> bytes:
    """The event with what the report says; where the two differ, of the crash the report is right,
    of everything else the event. `ask` is asked for call frame information. A payload that is no
    JSON object is left as it is."""
    try:
        event = parse(payload or b"{}")
    except ValueError:
        return payload
    if not isinstance(event, dict):
        return payload
    try:
        said = _READERS[report.type](report.data, ask)
    except ValueError as error:
        fault = {"type": "invalid_attachment", "name": report.type, "value": str(error)[:200]}
        held = event.get("errors")
        event["errors"] = [*(held if isinstance(held, list) else ()), fault]
        said = {}
    _merge(event, said)
    try:
        return _encode(event)
    except RecursionError:
        return payload


def _encode(event: Tree) -> bytes:
    """The event as JSON; halves of characters and deep lists as the client wrote them."""
    try:
        return orjson.dumps(event)
    except TypeError:
        return json.dumps(event).encode()


def _merge(event: Tree, said: Tree) -> None:
    if not _has_frames(event.get("exception")) and said.get("exception"):
        event["exception"] = said["exception"]
    if said.get("threads"):
        event["threads"] = said["threads"]
    if said.get("images"):
        meta = event.get("debug_meta")
        images = meta.get("images") if isinstance(meta, dict) else None
        others = [one for one in images or () if _is_kept(one)] if isinstance(images, list) else []
        known = meta if isinstance(meta, dict) else {}
        event["debug_meta"] = {**known, "images": [*said["images"], *others]}
    held = event.get("contexts")
    contexts = dict(held) if isinstance(held, dict) else {}
    for name, context in said.get("contexts", {}).items():
        own = contexts.get(name)
        contexts[name] = {**context, **own} if isinstance(own, dict) else context
    if contexts:
        event["contexts"] = contexts
    for name in ("timestamp", "release", "environment", "user", "message"):
        if said.get(name) and not event.get(name):
            event[name] = said[name]
    event.setdefault("platform", "native")
    event.setdefault("level", "fatal")


def _has_frames(held: object) -> bool:
    """Whether the event brought a stack of its own for the crash."""
    values = held.get("values") if isinstance(held, dict) else held
    return isinstance(values, list) and any(
        isinstance(one, dict)
        and isinstance(one.get("stacktrace"), dict)
        and bool(one["stacktrace"].get("frames"))
        for one in values
    )


def _is_kept(image: object) -> bool:
    return isinstance(image, dict) and image.get("type") in _KEPT_IMAGES
