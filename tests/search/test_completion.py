"""The keys that the search box offers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vedette.items import FieldType, SearchField
from vedette.search import compile_event_search, known_keys, parse, parse_issue_search
from vedette.search.completion import FieldKind, KnownKey
from vedette.search.fields import Fields, fields_of
from vedette.search.vocabulary import EVENTS, with_fields
from vedette.store.table import Table

EXAMPLES = {
    FieldKind.TEXT: "x",
    FieldKind.NUMBER: ">5",
    FieldKind.TIME: "-24h",
    FieldKind.ID: "a" * 32,
    FieldKind.BOOLEAN: "true",
}


@pytest.mark.parametrize("key", known_keys(), ids=lambda key: key.name)
def test_every_key_can_be_searched(key: KnownKey) -> None:
    """A key has help and can be searched with a value of its kind."""
    value = key.values[0] if key.values else EXAMPLES[key.kind]
    [term, *_] = parse_issue_search(f"{key.name}:{value}").terms()
    assert key.help
    assert term.start == 0


def test_the_fields_of_the_items_drawer_are_offered() -> None:
    """A field that an item kind adds needs no second entry."""
    names = {key.name for key in known_keys()}
    assert set(fields_of().keys) <= names
    for name in fields_of().keys:
        compile_event_search(parse(f"has:{name}"))


def test_help_and_values_are_the_fields_own() -> None:
    """One declaration, in the item's file."""
    offered = {key.name: key for key in known_keys(is_issue_search=False)}
    for name, field in fields_of().declared.items():
        if name not in ("message", "user"):  # found by a rule, which says more
            assert (offered[name].help, offered[name].values) == (field.help, field.values)


def test_a_value_is_read_as_its_field_holds_it() -> None:
    """Numbers, durations by their unit, times and truths of any table."""
    fields = Fields(
        Table(name="spans", columns=()),
        {
            "span.duration": SearchField(column="duration", help="how long", unit="ms"),
            "span.size": SearchField(column="size", help="how large", unit="byte"),
            "span.start": SearchField(column="start", help="when"),
            "span.failed": SearchField(column="failed", help="whether"),
            "span.op": SearchField(column="op", help="what"),
        },
        {
            "span.duration": FieldType.NUMBER,
            "span.size": FieldType.NUMBER,
            "span.start": FieldType.TIME,
            "span.failed": FieldType.BOOLEAN,
            "span.op": FieldType.TEXT,
        },
    )
    text = "span.duration:>1.5s span.size:<2k span.failed:true span.op:5 span.start:>2026-01-31"
    values = [term.value for term in parse(text, with_fields(EVENTS, fields)).terms()]
    assert values == [1500.0, 2000.0, True, "5", datetime(2026, 1, 31, tzinfo=UTC)]


def test_a_prefix_narrows_the_list() -> None:
    """Capitals and a leading ! do not matter; issue keys are only for the issue list."""
    assert [key.name for key in known_keys("!FIRST")] == ["firstRelease", "firstSeen"]
    assert known_keys("first", is_issue_search=False) == []
    assert known_keys("is")[0].values[0] == "unresolved"
