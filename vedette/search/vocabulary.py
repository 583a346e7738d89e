"""Which keys hold numbers, durations, times and booleans: it decides how a value is read.

`EVENTS` is Sentry's event search, to the letter. `ISSUES` is the search box of the issue
list: the same grammar with the keys that describe an issue, and times that may be compared
(`lastSeen:<-7d`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from vedette.items import FieldType
from vedette.search.fields import Fields


class ValueKind(Enum):
    """How the value after a key is read."""

    TEXT = "text"
    ORDERED_TEXT = "ordered text"  # a text that < and > may compare: versions
    NUMBER = "number"
    DURATION = "duration"  # milliseconds
    TIME = "time"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The typed keys of one search; every other key is a text."""

    times: frozenset[str]
    numbers: frozenset[str]
    durations: frozenset[str]
    booleans: frozenset[str]
    ordered_texts: frozenset[str]
    has_issue_state: bool = False
    has_relative_comparison: bool = False
    declared: frozenset[str] | None = None  # other keys are attributes: texts and numbers alike
    kind_of_call: Callable[[str], ValueKind | None] = lambda key: None

    def kind_of(self, key: str) -> ValueKind:
        """How the value of this key is read; `kind_of_call` knows what functions give."""
        called = self.kind_of_call(key) if key.endswith(")") else None
        if called is not None:
            return called
        if (tag := named_tag(key)) is not None:
            return tag[1]
        if key in self.times:
            return ValueKind.TIME
        if key in self.booleans:
            return ValueKind.BOOLEAN
        if key in self.durations or _SPAN_TIME.fullmatch(key):
            return ValueKind.DURATION
        if key in self.numbers or _MEASUREMENT.fullmatch(key):
            return ValueKind.NUMBER
        return ValueKind.ORDERED_TEXT if key in self.ordered_texts else ValueKind.TEXT

    def is_attribute(self, key: str) -> bool:
        """Whether the values of a key may be numbers, which < and > then compare."""
        return self.declared is not None and key not in self.declared


def named_tag(key: str) -> tuple[str, ValueKind] | None:
    """The name in `tags[name]` and how its values are read: `tags[name,number]` says it."""
    found = _NAMED_TAG.fullmatch(key)
    if found is None:
        return None
    return found[1], ValueKind.NUMBER if found[2] == "number" else ValueKind.TEXT


def with_fields(vocabulary: Vocabulary, fields: Fields) -> Vocabulary:
    """The vocabulary with what a table's fields hold: `parse(text, with_fields(EVENTS, …))`.

    A number whose unit is `ms` is a duration. Spans have attributes beside their fields.
    """
    keys: dict[FieldType, set[str]] = {type_: set() for type_ in FieldType}
    durations: set[str] = set()
    for key, field in fields.declared.items():
        is_duration = fields.types[key] is FieldType.NUMBER and field.unit == "ms"
        (durations if is_duration else keys[fields.types[key]]).add(key)
    has_attributes = fields.column("is_segment") is not None
    return replace(
        vocabulary,
        declared=frozenset(fields.declared) if has_attributes else None,
        times=vocabulary.times | keys[FieldType.TIME],
        numbers=vocabulary.numbers | keys[FieldType.NUMBER],
        durations=vocabulary.durations | durations,
        booleans=vocabulary.booleans | keys[FieldType.BOOLEAN],
    )


_NAMED_TAG = re.compile(r"tags\[(.*?)(?:,(number|string|boolean))?\]", re.DOTALL)
_SPAN_TIME = re.compile(r"spans\.[A-Za-z0-9_.-]+")
_MEASUREMENT = re.compile(r"measurements\.[A-Za-z0-9_.-]+")
_DURATION_MEASUREMENTS = (
    "app_start_cold",
    "app_start_warm",
    "fcp",
    "fid",
    "fp",
    "lcp",
    "time_to_full_display",
    "time_to_initial_display",
    "ttfb",
    "ttfb.requesttime",
)

EVENTS = Vocabulary(
    times=frozenset(
        (
            *("start", "end", "time", "timestamp", "timestamp.to_hour", "timestamp.to_day"),
            *("last_seen()", "max(timestamp)", "min(timestamp)"),
        )
    ),
    numbers=frozenset(
        (
            *("project_id", "project.id", "issue.id"),
            *("stack.colno", "stack.lineno", "stack.stack_level"),
        )
    ),
    durations=frozenset(
        ("transaction.duration", *(f"measurements.{name}" for name in _DURATION_MEASUREMENTS))
    ),
    booleans=frozenset(
        (
            *("error.handled", "error.unhandled", "error.main_thread"),
            *("stack.in_app", "is_application"),
        )
    ),
    ordered_texts=frozenset(("release.version", "release.build")),
)

ISSUES = Vocabulary(
    times=EVENTS.times | {"age", "firstSeen", "first_seen", "lastSeen", "last_seen"},
    numbers=EVENTS.numbers | {"timesSeen", "times_seen"},
    durations=EVENTS.durations,
    booleans=EVENTS.booleans,
    ordered_texts=EVENTS.ordered_texts,
    has_issue_state=True,
    has_relative_comparison=True,
)
