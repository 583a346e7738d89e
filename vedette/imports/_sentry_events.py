"""Events as Sentry's API shows them, turned back to how SDKs send them.

The API gives the interfaces as `entries`, with frames in camel case and lines of source as pairs.
GlitchTip shows them in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vedette.wire.envelope import clean_event_id

_FRAME = {
    "absPath": "abs_path",
    "lineNo": "lineno",
    "colNo": "colno",
    "inApp": "in_app",
    "rawFunction": "raw_function",
    "instructionAddr": "instruction_addr",
    "symbolAddr": "symbol_addr",
    "addrMode": "addr_mode",
}
_NOT_SENT = frozenset({"context", "trust", "errors", "lock", "sourceLink", "minGroupingLevel"})
_FROM_TAGS = ("environment", "release", "dist", "transaction", "logger", "server_name", "level")
# Tags that are made of the event's other parts, here as there.
_MADE = frozenset(
    {
        *_FROM_TAGS,
        *("user", "url", "browser", "browser.name", "os", "os.name", "runtime", "runtime.name"),
        *("device", "device.family", "handled", "mechanism", "client_os", "client_os.name"),
    }
)


def payload_of(shown: dict[str, Any]) -> dict[str, Any]:
    """The event as it would be sent."""
    tags = {
        str(one.get("key")): str(one.get("value"))
        for one in _dicts(shown.get("tags"))
        if one.get("key") and one.get("value") is not None
    }
    release = shown.get("release")
    event: dict[str, Any] = {
        "event_id": event_id_of(shown),
        "timestamp": shown.get("dateCreated"),
        "platform": shown.get("platform"),
        **{name: tags[name] for name in _FROM_TAGS if name in tags},
        "tags": {key: value for key, value in tags.items() if key not in _MADE},
        "user": shown.get("user"),
        "contexts": shown.get("contexts"),
        "extra": shown.get("context"),
        "modules": shown.get("packages"),
        "sdk": shown.get("sdk"),
    }
    if isinstance(release, dict) and release.get("version"):
        event["release"] = release["version"]
    if shown.get("dist"):
        event["dist"] = shown["dist"]
    for entry in _dicts(shown.get("entries")):
        read = _ENTRIES.get(str(entry.get("type")))
        data = entry.get("data")
        if read is not None and isinstance(data, dict):
            event |= read(data)
    if "exception" not in event and "logentry" not in event and shown.get("message"):
        event["logentry"] = {"formatted": shown["message"]}
    return {name: value for name, value in event.items() if value not in (None, {}, [])}


def event_id_of(shown: dict[str, Any]) -> str:
    """The event's id; empty if it has none."""
    return clean_event_id(shown.get("eventID") or shown.get("id")) or ""


def _exception(data: dict[str, Any]) -> dict[str, Any]:
    return {"exception": {"values": [_with_stack(one) for one in _dicts(data.get("values"))]}}


def _threads(data: dict[str, Any]) -> dict[str, Any]:
    return {"threads": {"values": [_with_stack(one) for one in _dicts(data.get("values"))]}}


def _with_stack(one: dict[str, Any]) -> dict[str, Any]:
    found = {
        name: value
        for name, value in one.items()
        if name not in ("stacktrace", "rawStacktrace", "threadId", "rawModule", "rawType")
    }
    if one.get("threadId") is not None:
        found["thread_id"] = one["threadId"]
    stack = one.get("stacktrace")
    if isinstance(stack, dict):
        found["stacktrace"] = {"frames": [_frame(held) for held in _dicts(stack.get("frames"))]}
    return found


def _frame(shown: dict[str, Any]) -> dict[str, Any]:
    frame = {
        _FRAME.get(name, name): value
        for name, value in shown.items()
        if name not in _NOT_SENT and value is not None
    }
    return frame | _lines(shown.get("context"), shown.get("lineNo"))


def _lines(context: Any, number: Any) -> dict[str, Any]:
    """The line and those around it, of pairs of number and text."""
    if not isinstance(context, list) or not isinstance(number, int):
        return {}
    pairs = [one for one in context if isinstance(one, list) and len(one) == 2]
    found: dict[str, Any] = {
        "pre_context": [text for at, text in pairs if at < number],
        "post_context": [text for at, text in pairs if at > number],
    }
    lines = [text for at, text in pairs if at == number]
    return {**found, "context_line": lines[0]} if lines else found


def _message(data: dict[str, Any]) -> dict[str, Any]:
    names = ("message", "formatted", "params")
    return {"logentry": {name: data[name] for name in names if data.get(name) is not None}}


def _breadcrumbs(data: dict[str, Any]) -> dict[str, Any]:
    return {"breadcrumbs": {"values": _dicts(data.get("values"))}}


def _request(data: dict[str, Any]) -> dict[str, Any]:
    names = {
        "method": "method",
        "url": "url",
        "data": "data",
        "env": "env",
        "query": "query_string",
    }
    found = {sent: data[name] for name, sent in names.items() if data.get(name) is not None}
    for name in ("headers", "cookies"):
        if data.get(name):
            found[name] = data[name]
    return {"request": found}


def _debug_meta(data: dict[str, Any]) -> dict[str, Any]:
    return {"debug_meta": {"images": _dicts(data.get("images"))}}


_ENTRIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "exception": _exception,
    "threads": _threads,
    "message": _message,
    "breadcrumbs": _breadcrumbs,
    "request": _request,
    "debugmeta": _debug_meta,
}


def _dicts(values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, Iterable) or isinstance(values, str | dict):
        return []
    return [one for one in values if isinstance(one, dict)]
