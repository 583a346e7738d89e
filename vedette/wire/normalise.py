"""Tolerant reading of an event: a bad field becomes null with a remark, the event lives.

`normalise` works on the parsed JSON tree. The pipeline calls it only for payloads that the
strict decoder refused; readers of stored events call it always. The shapes accepted are
those of the protocol, sections 3 and 4.
"""

from __future__ import annotations

from typing import Any

from vedette.wire import tolerant as t
from vedette.wire.pairs import pairs, tags
from vedette.wire.remarks import Json, Path, Remarks

MAX_FRAMES = 250
MAX_EXCEPTIONS = 50
MAX_BREADCRUMBS = 200
MAX_THREADS = 500


def normalise(event: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Any]]:
    """The event in its documented types, and the `_meta` tree of what had to be changed.

    Unknown top-level fields are kept. An existing `_meta` of the sender is dropped.
    """
    remarks = Remarks()
    source = {_ALIASES.get(key, key): value for key, value in event.items() if key != "_meta"}
    _move_legacy_message(source)
    clean = _EVENT(source, (), remarks)
    return clean or {}, remarks.tree


_ALIASES = {
    "sentry.interfaces.Message": "logentry",
    "sentry.interfaces.Exception": "exception",
    "sentry.interfaces.Breadcrumbs": "breadcrumbs",
    "sentry.interfaces.Http": "request",
    "sentry.interfaces.User": "user",
    "sentry.interfaces.Stacktrace": "stacktrace",
    "sentry.interfaces.Threads": "threads",
}


def _move_legacy_message(event: dict[str, Json]) -> None:
    """A top-level `message` object and a bare-string `logentry` are old forms of `logentry`."""
    message = event.get("message")
    if isinstance(message, dict):
        event["message"] = None
        if not event.get("logentry"):
            event["logentry"] = message
    if isinstance(event.get("logentry"), str):
        event["logentry"] = {"formatted": event["logentry"]}


_TEXT = t.string(lenient=True)
_SHORT = t.string(512)
_LOCATION = t.string(4096)

_FRAME = t.record(
    {
        "filename": _LOCATION,
        "abs_path": _LOCATION,
        "function": t.string(1024),
        "raw_function": t.string(4096),
        "module": _LOCATION,
        "package": _LOCATION,
        "platform": _SHORT,
        "symbol": _LOCATION,
        "lineno": t.integer,
        "colno": t.integer,
        "in_app": t.boolean,
        "context_line": t.string(2048),
        "pre_context": t.sequence(t.string(2048), 50, keep="tail"),
        "post_context": t.sequence(t.string(2048), 50),
        "vars": t.mapping(t.anything),
    }
)
_STACKTRACE = t.record({"frames": t.sequence(_FRAME, MAX_FRAMES), "registers": t.mapping(_TEXT)})
_MECHANISM = t.record(
    {
        "type": _SHORT,
        "handled": t.boolean,
        "synthetic": t.boolean,
        "description": _TEXT,
        "help_link": _SHORT,
        "source": _SHORT,
        "exception_id": t.integer,
        "parent_id": t.integer,
        "is_exception_group": t.boolean,
        "data": t.mapping(t.anything),
        "meta": t.mapping(t.anything),
    }
)
_EXCEPTION = t.record(
    {
        "type": t.string(512, lenient=True),
        "value": t.string(8192, lenient=True),
        "module": _LOCATION,
        "thread_id": t.identifier,
        "stacktrace": _STACKTRACE,
        "raw_stacktrace": _STACKTRACE,
        "mechanism": _MECHANISM,
    }
)
_THREAD = t.record(
    {
        "id": t.identifier,
        "name": t.string(512, lenient=True),
        "crashed": t.boolean,
        "current": t.boolean,
        "main": t.boolean,
        "state": _SHORT,
        "stacktrace": _STACKTRACE,
        "raw_stacktrace": _STACKTRACE,
        "held_locks": t.mapping(t.anything),
    }
)
_BREADCRUMB = t.record(
    {
        "timestamp": t.timestamp,
        "type": _SHORT,
        "category": _SHORT,
        "message": t.string(8192, lenient=True),
        "level": t.level,
        "data": t.mapping(t.anything),
        "event_id": _SHORT,
    }
)
_REQUEST = t.record(
    {
        "url": _LOCATION,
        "method": _SHORT,
        "query_string": pairs,
        "cookies": pairs,
        "headers": pairs,
        "env": t.mapping(t.anything),
        "fragment": _LOCATION,
        "inferred_content_type": _SHORT,
        "api_target": _SHORT,
        "protocol": _SHORT,
        "body_size": t.integer,
    }
)
_USER = t.record(
    {
        "id": t.identifier,
        "email": _SHORT,
        "username": _SHORT,
        "name": _SHORT,
        "segment": _SHORT,
        "ip_address": _SHORT,
        "geo": t.mapping(_TEXT),
        "data": t.mapping(t.anything),
    }
)
_NAMED = t.record({"name": _TEXT, "version": _TEXT})
_DEVICE = t.record({"id": t.identifier, "family": _TEXT, "model": _TEXT, "brand": _TEXT})
_TRACE = t.record({"trace_id": _SHORT, "span_id": _SHORT, "parent_span_id": _SHORT, "op": _SHORT})


def _contexts(value: Json, path: Path, remarks: Remarks) -> Json:
    known = {
        "os": _NAMED,
        "client_os": _NAMED,
        "browser": _NAMED,
        "runtime": _NAMED,
        "device": _DEVICE,
        "trace": _TRACE,
        "replay": t.record({"replay_id": _SHORT}),
        "response": t.record({"status_code": t.identifier}),
        "flags": t.record({"values": t.sequence(t.anything, 200)}),
    }
    return t.record(known)(value, path, remarks)


_EVENT = t.record(
    {
        "event_id": _SHORT,
        "type": _SHORT,
        "timestamp": t.timestamp,
        "start_timestamp": t.timestamp,
        "received": t.timestamp,
        "platform": _SHORT,
        "level": t.level,
        "logger": _SHORT,
        "transaction": t.string(1024),
        "server_name": _SHORT,
        "release": _SHORT,
        "dist": _SHORT,
        "environment": _SHORT,
        "culprit": t.string(1024),
        "fingerprint": t.fingerprint,
        "message": t.string(8192, lenient=True),
        "logentry": t.record(
            {
                "message": t.string(8192, lenient=True),
                "formatted": t.string(8192, lenient=True),
                "params": t.anything,
            }
        ),
        "exception": t.values(_EXCEPTION, MAX_EXCEPTIONS, keep="tail"),
        "stacktrace": _STACKTRACE,
        "threads": t.values(_THREAD, MAX_THREADS),
        "breadcrumbs": t.values(_BREADCRUMB, MAX_BREADCRUMBS, keep="tail"),
        "tags": tags,
        "user": _USER,
        "request": _REQUEST,
        "contexts": _contexts,
        "sdk": t.record(
            {
                "name": _SHORT,
                "version": _SHORT,
                "integrations": t.sequence(_TEXT, 500),
                "settings": t.record({"infer_ip": _SHORT}),
            }
        ),
        "modules": t.mapping(_TEXT),
        "extra": t.mapping(t.anything),
        "debug_meta": t.record({"images": t.sequence(t.anything, 5000)}),
    }
)
