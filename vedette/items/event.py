"""Error events: the item that becomes an issue."""

from __future__ import annotations

import time as clock_time

import msgspec

from vedette.items import ItemKind, Parsed, RawItem
from vedette.items._columns import blob, integer, text, time, uuid
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
        *integer("size_bytes"),
        *blob("remarks", "body"),
    ),
)


def read(item: RawItem) -> Parsed:
    """The payload goes on through the event steps as it is."""
    return Parsed(event=item.payload)


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


KIND = ItemKind(
    types=("event", "error", "default"),
    tables=(ERRORS,),
    read=read,
    sample=sample,
    fields={
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
    },
)
