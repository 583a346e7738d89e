"""Searches written by the product itself: read back, and asked of a real store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.search.rows import NOON
from vedette import items
from vedette.items.event import ERRORS
from vedette.search import (
    compile_event_search,
    field_filter,
    known_keys,
    parse,
    parse_issue_search,
    quote,
    split_issue_search,
    tag_filter,
    written_key,
)
from vedette.search.escapes import literal
from vedette.store.duck import DuckStore
from vedette.store.query import Condition, Field, Select
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

ODD = (
    *("a*b", 'say "hi"', "back\\slash", "\\*", "ends\\", "two words\\", ">5", "=x", "[a, b]"),
    *(
        "C:\\tmp\\x",
        '"quoted"',
        "-24h",
        "a b\\u005c",
        "\\u005c\\",
        "(x)",
        "OR",
        "*",
        "\\",
        '"',
        "\\\\*",
    ),
    *("line\nbreak", "tab\there", "!x", "naïve", "日本", "x:y", "key:value", "%", "_", "a,b", "5]"),
)
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet=st.sampled_from('\\*" u005c:a('), min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1),
)
KEYS = st.one_of(
    TEXTS,
    st.sampled_from([key.name for key in known_keys()]),
    st.sampled_from(
        ["city", "my key", "tags", "has", "time", "spans.a", "measurements.lcp", "AND"]
    ),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    """An empty store; each example has a project of its own."""
    folder = Path(tmp_path_factory.mktemp("links"))
    made = DuckStore(folder, items.tables(), memory_bytes=256 << 20, threads=1)
    yield made
    made.close()


_projects = count(1)


def found(store: DuckStore, project: int, condition: Condition | None) -> list[str]:
    """The values of the events that a condition finds."""
    select = Select(
        table="errors",
        projects=VisibleProjects.granted([project]),
        columns={"value": Field("value")},
        where=[] if condition is None else [condition],
        start=0,
        end=2 * NOON,
    )
    return sorted(row[0] for row in store.query(select).rows)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(key=KEYS, value=TEXTS)
@example(key="age", value="-24h")
@example(key="is", value="resolved")
@example(key="my key\\", value="a b\\")
@example(key="cart.py", value="17")
@example(key="src/cart.py", value="17:9")
@example(key="gro\u0308\u00dfe", value="5")
@example(key="city", value="[ 5 ]")
@example(key="city", value="\ngo\u0308\r")
@example(key="city", value="\uf00dContains\uf00d")
def test_a_link_finds_exactly_the_events_of_its_tag(store: DuckStore, key: str, value: str) -> None:
    """Whatever key and value are stored, on the page of events and in the issue list."""
    near = [value + "x", "x" + value, value + "\\", value.swapcase(), value[:-1], value[1:]]
    tags = [(key, value), *((key, text) for text in near if text != value), (key + "x", value)]
    project, rows = next(_projects), Rows(ERRORS)
    for position, (name, text) in enumerate(tags):
        row = {"project_id": project, "timestamp": NOON, "writer": "w", "received": NOON}
        value_of_row = "hit" if position == 0 else "miss"
        place = project * 100 + position
        rows.add({**row, "position": place, "tags": [(name, text)], "value": value_of_row})
    store.append([rows], writer="w", end=(project + 1) * 100)
    link = tag_filter(key, value)
    assert found(store, project, compile_event_search(parse(link))) == ["hit"]
    search = split_issue_search(parse_issue_search(f"is:unresolved {link} has:value"))
    assert search.issue is not None
    alone = split_issue_search(parse_issue_search(link))
    assert alone.issue is None
    assert found(store, project, alone.event) == ["hit"]


@given(value=TEXTS)
def test_a_quoted_value_is_read_back(value: str) -> None:
    """A link from a field's value finds that value, also among other conditions."""
    [first, second] = parse(f"{field_filter('release', value)} city:{quote(value)}").terms()
    for term in (first, second):
        assert isinstance(term.value, str)
        assert not term.is_wildcard
        assert literal(term.value) == value
    assert (first.key, second.key) == ("release", "city")


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("city", "city"),
        ("my key", 'tags["my key"]'),
        ("a:b", 'tags["a:b"]'),
        ("level", "tags[level]"),
        ("age", "tags[age]"),
        ("straße", "straße"),
    ],
)
def test_a_key_is_written_as_short_as_it_can_be(key: str, written: str) -> None:
    """Bare where that means the tag and nothing else."""
    assert written_key(key) == written
