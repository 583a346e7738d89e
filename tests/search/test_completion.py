"""The keys that the search box offers."""

from __future__ import annotations

import pytest

from vedette.search import compile_event_search, known_keys, parse, parse_issue_search
from vedette.search.completion import FieldKind, KnownKey
from vedette.search.fields import fields_of

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
    assert set(fields_of().columns) <= names
    for name in fields_of().columns:
        compile_event_search(parse(f"has:{name}"))


def test_a_prefix_narrows_the_list() -> None:
    """Capitals and a leading ! do not matter; issue keys are only for the issue list."""
    assert [key.name for key in known_keys("!FIRST")] == ["firstRelease", "firstSeen"]
    assert known_keys("first", is_issue_search=False) == []
    assert known_keys("is")[0].values[0] == "unresolved"
