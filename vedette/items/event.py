"""Error events: the item that becomes an issue."""

from __future__ import annotations

import time as clock_time

import msgspec

from vedette.items import Effects, ItemKind, RawItem, SearchField, Worth
from vedette.items._columns import PERSON, blob, integer, text, time, uuid
from vedette.items._feedback import effects_of_event
from vedette.own_events import OWN_TYPES
from vedette.store.table import Column, ColumnType, Table
from vedette.wire.envelope import build_envelope, new_event_id

ERRORS = Table(
    name="errors",
    columns=(
        *integer("project_id", "group_id", "user_number"),
        *uuid("event_id"),
        *time("received"),
        *text("event_type", "level", "platform", "type", "value", "message", "culprit"),
        *text("transaction", "release", "dist", "environment", "logger", "server_name"),
        *text("url", "http_method", "mechanism"),
        Column("handled", ColumnType.BOOL),
        *text("user_key", "user_id", "user_email", "user_username", "user_ip"),
        *text("browser", "browser_name", "os", "os_name", "runtime", "runtime_name", "device"),
        *text("sdk_name", "sdk_version"),
        *uuid("trace_id", "replay_id"),
        *text("span_id"),
        Column("stack", ColumnType.TEXT, is_long=True),
        Column("tags", ColumnType.TAGS),
        *integer("size_bytes", "unread"),  # unread: frames that still lack their source map
        *integer("unstored"),  # how many more like it were counted, and not stored
        *text("body_blob"),
        *blob("remarks", "body"),
    ),
)


def read(item: RawItem) -> Effects:
    """The payload goes on through the event steps as it is."""
    return Effects(event=item.payload)


def sample() -> bytes:
    """A small error."""
    event = {
        "timestamp": clock_time.time(),
        "platform": "python",
        "level": "error",
        "tags": {"shop": "berlin"},
        "exception": {
            "values": [
                {
                    "type": "ZeroDivisionError",
                    "value": "division by zero",
                    "stacktrace": {
                        "frames": [
                            {
                                "function": "divide",
                                "module": "shop.till",
                                "filename": "shop/till.py",
                                "lineno": 7,
                                "context_line": "    return total / count",
                                "in_app": True,
                            }
                        ]
                    },
                }
            ]
        },
    }
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "event"}, msgspec.json.encode(event))]
    )


_COLUMNS = {
    "level": SearchField(
        column="level", help="how bad it is", values=("fatal", "error", "warning", "info", "debug")
    ),
    "platform": SearchField(column="platform", help="the language of the event"),
    "type": SearchField(column="type", help="the class of the exception"),
    "value": SearchField(column="value", help="the text of the exception"),
    "mechanism": SearchField(column="mechanism", help="what caught the error"),
    "message": SearchField(column="message", help="the message of the event"),
    "culprit": SearchField(column="culprit", help="where it happened"),
    "transaction": SearchField(column="transaction", help="the route or task"),
    "release": SearchField(column="release", help="the version that was running"),
    "dist": SearchField(column="dist", help="the build of the release"),
    "environment": SearchField(column="environment", help="production, staging …"),
    "logger": SearchField(column="logger", help="the logger's name"),
    "server_name": SearchField(column="server_name", help="the host that sent it"),
    "url": SearchField(column="url", help="the address of the request, without its query"),
    "http_method": SearchField(column="http_method", help="GET, POST …"),
    "user_key": SearchField(
        column="user_key", help="any of the user's details; user:id:… for one of them"
    ),
    "user_id": SearchField(column="user_id", help="the user's id"),
    "user_email": SearchField(column="user_email", help="the user's e-mail address"),
    "user_username": SearchField(column="user_username", help="the user's name"),
    "user_ip": SearchField(column="user_ip", help="the user's IP address"),
    "browser": SearchField(column="browser", help="browser and version"),
    "browser_name": SearchField(column="browser_name", help="browser without version"),
    "os": SearchField(column="os", help="operating system and version"),
    "os_name": SearchField(column="os_name", help="operating system without version"),
    "runtime": SearchField(column="runtime", help="runtime and version"),
    "runtime_name": SearchField(column="runtime_name", help="runtime without version"),
    "device": SearchField(column="device", help="the device's model"),
    "sdk_name": SearchField(column="sdk_name", help="the SDK that sent it"),
    "sdk_version": SearchField(column="sdk_version", help="the version of the SDK"),
    "trace_id": SearchField(column="trace_id", help="the trace it belongs to"),
    "span_id": SearchField(column="span_id", help="the span it happened in"),
    "event_id": SearchField(column="event_id", help="the event's own id"),
    "replay_id": SearchField(column="replay_id", help="the replay it belongs to"),
    "event_type": SearchField(
        column="event_type",
        help="error, default, csp; performance, cron, uptime, replay for what was found here",
        values=("error", "default", "csp", *OWN_TYPES),
    ),
    "timestamp": SearchField(
        column="timestamp", help="when it happened: -24h, or after a date: >2026-01-31"
    ),
    "stack": SearchField(column="stack", help="all text of the stack trace"),
}
# Search key -> the column it means.
_KEYS = {
    "level": "level",
    "platform": "platform",
    "platform.name": "platform",
    "error.type": "type",
    "error_type": "type",
    "error.value": "value",
    "error.mechanism": "mechanism",
    "mechanism": "mechanism",
    "message": "message",
    "culprit": "culprit",
    "transaction": "transaction",
    "release": "release",
    "dist": "dist",
    "environment": "environment",
    "logger": "logger",
    "server_name": "server_name",
    "url": "url",
    "http.url": "url",
    "http.method": "http_method",
    "user": "user_key",
    "user.id": "user_id",
    "user.email": "user_email",
    "user.username": "user_username",
    "user.ip": "user_ip",
    "browser": "browser",
    "browser.name": "browser_name",
    "os": "os",
    "os.name": "os_name",
    "runtime": "runtime",
    "runtime.name": "runtime_name",
    "device": "device",
    "device.family": "device",
    "sdk.name": "sdk_name",
    "sdk.version": "sdk_version",
    "trace": "trace_id",
    "trace.span": "span_id",
    "id": "event_id",
    "replayId": "replay_id",
    "event.type": "event_type",
    "timestamp": "timestamp",
    "stack.text": "stack",
}

KIND = ItemKind(
    types=("event", "error", "default"),
    category="error",
    worth=Worth.SAMPLE,
    person=PERSON,
    spares="group_id",
    is_vital=True,
    tables=(ERRORS,),
    read=read,
    sample=sample,
    is_event=True,
    by_type={"feedback": effects_of_event},
    carries_event_id=True,
    is_once=True,
    fields={key: _COLUMNS[column] for key, column in _KEYS.items()},
)
