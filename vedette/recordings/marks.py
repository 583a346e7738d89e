"""Marks of a replay's timeline: what an SDK noted, by kind, with the few details that are shown.

A mark is a list, so that thousands fit into a column: milliseconds, kind, label, details.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, NamedTuple

import msgspec

from vedette.recordings.events import Custom, milliseconds

Kind = Literal[
    "navigation",
    "click",
    "dead",
    "rage",
    "slow",
    "input",
    "console",
    "request",
    "vital",
    "memory",
    "hydrate",
    "mutations",
]
MOST_BYTES: Final = 16 << 10  # of the marks of one segment
_MOST_LABEL = 200
_MOST_DETAIL = 300
_MANY_CLICKS = 5  # on something that does nothing
_SAME_MOMENT = 1000.0
# What stays where there is no room for all.
_ORDER: tuple[Kind, ...] = (
    *("rage", "dead", "hydrate", "slow", "navigation", "console", "click", "request"),
    *("mutations", "vital", "input", "memory"),
)


class Mark(NamedTuple):
    """One moment. `detail` holds texts, numbers and booleans."""

    ms: int
    kind: Kind
    label: str
    detail: dict[str, Any]


def mark_of(custom: Custom, ms: float | None) -> Mark | None:
    """The mark of what an SDK added at a moment; None for what is no event of the timeline."""
    payload = custom.payload
    if custom.tag == "performanceSpan":
        return _of_span(payload, milliseconds(payload.get("startTimestamp")) or ms)
    if custom.tag != "breadcrumb":
        return None
    at = milliseconds(payload.get("timestamp")) or ms
    make = _CRUMBS.get(_text(payload.get("category")))
    return make(payload, at) if make is not None and at is not None else None


def is_failed(mark: Mark) -> bool:
    """Whether a request failed, or a line of the console is an error."""
    if mark.kind == "console":
        return mark.detail.get("level") == "error"
    status = mark.detail.get("status")
    return mark.kind == "request" and status is not None and (status == 0 or status >= 400)


def without_repetitions(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order; browsers tell a navigation twice, as a span and as a breadcrumb."""
    ordered = sorted(marks, key=lambda mark: mark.ms)
    spans = [one.ms for one in ordered if one.kind == "navigation" and "duration" in one.detail]
    return [
        one
        for one in ordered
        if one.kind != "navigation"
        or "duration" in one.detail
        or not any(abs(one.ms - at) <= _SAME_MOMENT for at in spans)
    ]


def encode_marks(marks: list[Mark]) -> str:
    """Marks in order as JSON, the least telling left out where all take too many bytes."""
    encoded = [msgspec.json.encode(list(mark)).decode() for mark in marks]
    if sum(map(len, encoded)) + len(encoded) < MOST_BYTES // 4:  # it is UTF-8 in the end
        return f"[{','.join(encoded)}]"
    left, kept = MOST_BYTES - 2, set[int]()
    for index in sorted(range(len(marks)), key=lambda at: _rank(marks[at])):
        left -= len(encoded[index].encode()) + 1
        if left < 0:
            break
        kept.add(index)
    return f"[{','.join(text for index, text in enumerate(encoded) if index in kept)}]"


def decode_marks(text: str) -> list[Mark]:
    """The marks of a column; what is none is left out."""
    try:
        found = _decode(text or "[]")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    return [Mark(*one) for one in found]


def most_telling(marks: list[Mark], most: int) -> list[Mark]:
    """So many marks at most, in order, the least telling left out."""
    if len(marks) <= most:
        return marks
    return sorted(sorted(marks, key=_rank)[:most], key=lambda mark: mark.ms)


_decode = msgspec.json.Decoder(list[tuple[int, Kind, str, dict[str, Any]]]).decode


def _rank(mark: Mark) -> tuple[bool, int, int]:
    is_plain = mark.kind in ("console", "request") and not is_failed(mark)
    return is_plain, _ORDER.index(mark.kind), mark.ms


def _of_span(payload: dict[str, Any], ms: float | None) -> Mark | None:
    op, data = _text(payload.get("op")), _mapping(payload.get("data"))
    label = _text(payload.get("description"))
    end = milliseconds(payload.get("endTimestamp"))
    if ms is None:
        return None
    took = round(end - ms) if end is not None and end >= ms else 0
    if op.startswith("navigation"):
        return _mark(ms, "navigation", label, duration=took, op=op)
    if op in ("resource.fetch", "resource.xhr"):
        return _mark(ms, "request", label, duration=took, **_request(data))
    if op in ("web-vital", "paint"):
        rating = _text(data.get("rating"))
        return _mark(ms, "vital", label, value=_number(data.get("value")), rating=rating)
    if op == "memory":
        used = _number(_mapping(data.get("memory")).get("usedJSHeapSize"))
        return _mark(ms, "memory", "memory", used=used)
    return None


def _request(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": _text(data.get("method")),
        "status": _number(data.get("statusCode")),
        "sent": _number(_mapping(data.get("request")).get("size")),
        "received": _number(_mapping(data.get("response")).get("size")),
    }


def _navigation(payload: dict[str, Any], ms: float) -> Mark:
    data = _mapping(payload.get("data"))
    return _mark(ms, "navigation", _text(data.get("to")), **{"from": _text(data.get("from"))})


def _click(payload: dict[str, Any], ms: float) -> Mark:
    clicks = _number(_mapping(payload.get("data")).get("clickCount"))
    return _mark(ms, "click", _text(payload.get("message")), clicks=clicks)


def _slow_click(payload: dict[str, Any], ms: float) -> Mark:
    """A click that something came of late, or nothing at all."""
    data = _mapping(payload.get("data"))
    clicks = _number(data.get("clickCount")) or 1
    kind: Kind = "slow"
    if data.get("endReason") == "timeout":
        kind = "rage" if clicks >= _MANY_CLICKS else "dead"
    detail = {
        "clicks": clicks,
        "after": _number(data.get("timeAfterClickMs")),
        "url": _text(data.get("url")),
    }
    return _mark(ms, kind, _text(payload.get("message")), **detail)


def _console(payload: dict[str, Any], ms: float) -> Mark:
    level = _text(payload.get("level")) or "log"
    return _mark(ms, "console", _text(payload.get("message")), level=level)


def _input(payload: dict[str, Any], ms: float) -> Mark:
    return _mark(ms, "input", _text(payload.get("message")))


def _hydrate(payload: dict[str, Any], ms: float) -> Mark:
    return _mark(ms, "hydrate", _text(_mapping(payload.get("data")).get("url")))


def _mutations(payload: dict[str, Any], ms: float) -> Mark:
    data = _mapping(payload.get("data"))
    return _mark(ms, "mutations", "", count=_number(data.get("count")))


_CRUMBS: dict[str, Callable[[dict[str, Any], float], Mark]] = {
    "navigation": _navigation,
    "ui.click": _click,
    "ui.tap": _click,
    "ui.multiClick": _click,
    "ui.slowClickDetected": _slow_click,
    "ui.input": _input,
    "ui.keyDown": _input,
    "console": _console,
    "replay.hydrate-error": _hydrate,
    "replay.mutations": _mutations,
}


def _mark(ms: float, kind: Kind, label: str, **detail: Any) -> Mark:
    held = {
        key: value[:_MOST_DETAIL] if isinstance(value, str) else value
        for key, value in detail.items()
        if value not in ("", None)
    }
    return Mark(round(ms), kind, label[:_MOST_LABEL], held)


def _text(value: object) -> str:
    """A text that every store can hold; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return value[:1024].replace("\x00", "").encode("utf-8", "replace").decode()


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1 << 53 else None


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
