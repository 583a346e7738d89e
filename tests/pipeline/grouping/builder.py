"""Builds the events that the grouping tests speak of, through the real decoder."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from vedette.pipeline.grouping import explain, group
from vedette.wire.event import Event, decode_event

Json: TypeAlias = dict[str, Any]


def frame(function: str | None = None, module: str | None = None, **fields: Any) -> Json:
    """One frame; application code unless said otherwise."""
    return {"in_app": True, "function": function, "module": module} | fields


def exception(type_: str | None, *frames: Json | None, **fields: Any) -> Json:
    """One exception with its stack, oldest call first."""
    stack = {"stacktrace": {"frames": list(frames)}} if frames else {}
    return {"type": type_, "value": "it broke"} | stack | fields


def event(platform: str, *exceptions: Json, **fields: Any) -> Event:
    """An event with a chain of exceptions, innermost first."""
    chain = {"exception": {"values": list(exceptions)}} if exceptions else {}
    return decode_event(json.dumps({"platform": platform} | chain | fields))


def crash(platform: str, *frames: Json | None, type_: str = "Error", **fields: Any) -> Event:
    """An event with one exception and these frames."""
    return event(platform, exception(type_, *frames), **fields)


def key(sent: Event) -> bytes:
    """The key of an event, after checking that its explanation agrees."""
    found = group(sent).key
    assert explain(sent).key == found
    return found


def same(*events: Event) -> bool:
    """True when all these events are one issue."""
    return len({key(sent) for sent in events}) == 1


def apart(*events: Event) -> bool:
    """True when each of these events is an issue of its own."""
    return len({key(sent) for sent in events}) == len(events)
