"""Which keys the search box offers, each with what it holds and one line of help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from vedette.search.fields import fields_of
from vedette.search.issue_keys import PRIORITIES, IssueState
from vedette.store.table import ColumnType


class FieldKind(Enum):
    """What a key holds, for the completion list."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    ID = "id"
    BOOLEAN = "boolean"
    ISSUE_STATE = "issue state"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key that completion offers; `values` are all it can have, where they are few."""

    name: str
    kind: FieldKind
    help: str
    values: tuple[str, ...] = ()


def known_keys(prefix: str = "", *, is_issue_search: bool = True) -> list[KnownKey]:
    """The keys that begin with a prefix, in the order of the alphabet, capitals ignored."""
    start = prefix.lower().removeprefix("!")
    return [key for key in _all_keys(is_issue_search) if key.name.lower().startswith(start)]


@cache
def _all_keys(is_issue_search: bool) -> tuple[KnownKey, ...]:
    found = {key.name: key for key in _RULED}
    fields = fields_of()
    for name, column_name in fields.columns.items():
        column = fields.column(name)
        if column is not None and name not in found:
            found[name] = KnownKey(
                name=name,
                kind=_KINDS.get(column.type, FieldKind.TEXT),
                help=_HELP.get(name) or _HELP.get(column_name) or "of the event",
                values=_VALUES.get(name, ()),
            )
    if is_issue_search:
        found |= {key.name: key for key in _ISSUE}
    return tuple(sorted(found.values(), key=lambda key: key.name.lower()))


_KINDS = {
    ColumnType.INT: FieldKind.NUMBER,
    ColumnType.FLOAT: FieldKind.NUMBER,
    ColumnType.BOOL: FieldKind.BOOLEAN,
    ColumnType.TIME: FieldKind.TIME,
    ColumnType.UUID: FieldKind.ID,
}
_VALUES = {
    "level": ("fatal", "error", "warning", "info", "debug"),
    "event.type": ("error", "default", "csp"),
}
_HELP = {
    "level": "how bad it is",
    "platform": "the language of the event",
    "type": "the class of the exception",
    "value": "the text of the exception",
    "mechanism": "what caught the error",
    "culprit": "where it happened",
    "transaction": "the route or task",
    "release": "the version that was running",
    "dist": "the build of the release",
    "environment": "production, staging …",
    "logger": "the logger's name",
    "server_name": "the host that sent it",
    "url": "the address of the request, without its query",
    "http_method": "GET, POST …",
    "user_id": "the user's id",
    "user_email": "the user's e-mail address",
    "user_username": "the user's name",
    "user_ip": "the user's IP address",
    "browser": "browser and version",
    "browser_name": "browser without version",
    "os": "operating system and version",
    "os_name": "operating system without version",
    "runtime": "runtime and version",
    "runtime_name": "runtime without version",
    "device": "the device's model",
    "sdk_name": "the SDK that sent it",
    "sdk_version": "the version of the SDK",
    "trace_id": "the trace it belongs to",
    "span_id": "the span it happened in",
    "event_id": "the event's own id",
    "replay_id": "the replay it belongs to",
    "event_type": "error, default or csp",
    "timestamp": "when it happened: -24h, or after a date: >2026-01-31",
    "stack": "all text of the stack trace",
}


def _text(name: str, help_: str) -> KnownKey:
    return KnownKey(name=name, kind=FieldKind.TEXT, help=help_)


_TRUTH = ("true", "false")
_RULED = (
    _text("has", "has any value for a key: has:release"),
    _text("message", "message, class or text of the error contains"),
    _text("title", "the title: class and text of the error"),
    _text("user", "any of the user's details; user:id:… for one of them"),
    _text("project", "the project's short name"),
    _text("release.version", "the version within the release"),
    _text("release.package", "the package within the release"),
    _text("release.build", "the build within the release"),
    _text("stack.function", "a function in the stack trace"),
    _text("stack.filename", "a file in the stack trace"),
    _text("stack.abs_path", "a path in the stack trace"),
    _text("stack.module", "a module in the stack trace"),
    KnownKey(
        name="error.unhandled",
        kind=FieldKind.BOOLEAN,
        help="nothing caught the error",
        values=_TRUTH,
    ),
    KnownKey(
        name="error.handled",
        kind=FieldKind.BOOLEAN,
        help="the error was caught",
        values=_TRUTH,
    ),
)
_ISSUE = (
    KnownKey(
        name="is",
        kind=FieldKind.ISSUE_STATE,
        help="the state of the issue",
        values=tuple(state.value for state in IssueState),
    ),
    KnownKey(name="age", kind=FieldKind.TIME, help="first seen: -24h is within a day"),
    KnownKey(name="firstSeen", kind=FieldKind.TIME, help="first seen: -7d, +7d or a date"),
    KnownKey(name="lastSeen", kind=FieldKind.TIME, help="last seen: -7d, +7d or a date"),
    KnownKey(name="timesSeen", kind=FieldKind.NUMBER, help="how many events: >100"),
    _text("firstRelease", "the release it first appeared in"),
    _text("assigned", "who works on it: me, none, an e-mail address, #team"),
    _text("bookmarks", "who marked it: me"),
    _text("issue", "its short name: SHOP-12"),
    KnownKey(
        name="issue.priority",
        kind=FieldKind.TEXT,
        help="how urgent it is",
        values=PRIORITIES,
    ),
)
