"""Which keys the search box offers, each with what it holds and one line of help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from vedette.problems.detectors import detectors
from vedette.search.fields import Fields, fields_of
from vedette.search.issue_keys import PRIORITIES, IssueState
from vedette.search.releases import STAGES
from vedette.search.rules import can_look
from vedette.uptime.outages import FOUND_BY


class FieldKind(Enum):
    """What a key holds, for the completion list: `items.FieldType`, and the issue's state."""

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


def known_keys(
    prefix: str = "", *, is_issue_search: bool = True, fields: Fields | None = None
) -> list[KnownKey]:
    """The keys that begin with a prefix, in the order of the alphabet, capitals ignored.

    `fields` are those of the table that is searched, by default the errors.
    """
    start = prefix.lower().removeprefix("!")
    known = _all_keys(is_issue_search, fields.table.name if fields else "errors")
    return [key for key in known if key.name.lower().startswith(start)]


@cache
def _all_keys(is_issue_search: bool, table: str) -> tuple[KnownKey, ...]:
    fields = fields_of(table)
    found = {key.name: key for key in _RULED if can_look(key.name, fields)}
    for name, field in fields.declared.items():
        if name not in found:
            found[name] = KnownKey(
                name=name,
                kind=FieldKind(fields.types[name].value),
                help=field.help,
                values=field.values,
            )
    if is_issue_search:
        found |= {key.name: key for key in _ISSUE}
    return tuple(sorted(found.values(), key=lambda key: key.name.lower()))


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
    KnownKey(
        name="release.stage",
        kind=FieldKind.TEXT,
        help="how far its release is in use where it happened",
        values=STAGES,
    ),
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
    KnownKey(
        name="issue.category",
        kind=FieldKind.TEXT,
        help="errors, performance problems or one group of these, jobs, monitors",
        values=(
            "error",
            "performance",
            "cron",
            "uptime",
            "outage",
            "db_query",
            "http_client",
            "frontend",
            "mobile",
        ),
    ),
    KnownKey(
        name="issue.type",
        kind=FieldKind.TEXT,
        help="error, the kind of performance problem, a failed job, a monitor that is down",
        values=("error", *detectors(), *FOUND_BY.values()),
    ),
)
