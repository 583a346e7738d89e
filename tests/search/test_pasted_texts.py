"""What people paste into the search box: texts that only look like filters, and the reverse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.search.rows import outlines
from vedette.search import SearchError, compile_event_search, parse

TEXTS = [
    "localhost:3000",
    "localhost:8080/orders?a=b",
    "2026-01-31T08:00:00Z",
    "2026-01-31T08:00:00.123+01:00 worker stopped",
    "cart.py:17:in",
    "app/models/cart.rb:17:in",
    "Cart.kt:9:5:",
    "panic: runtime error: index out of range [5] with length 3",
    "SQLSTATE[42S02]: Base table or view not found: 1146",
    "[Errno 2] No such file: 'a'",
    "PG::UndefinedTable: ERROR: relation",
    "SELECT * FROM a WHERE b = 'c:d'",
    '{"a": 1}',
    "at foo (app.js:10:5)",
]
FILTERS = [
    ("localhost:up", [("localhost", "=", "up")]),
    ("tags[a:b]:x", [("tags[a:b]", "=", "x")]),
    ("has:tags[a:b]", [("tags[a:b]", "!=", "")]),
    ("tags[größe/cm]:[5, 6]", [("tags[größe/cm]", "IN", ("5", "6"))]),
    ("url:https://a.example/x?y=1:2", [("url", "=", "https://a.example/x?y=1:2")]),
]
OPEN = ['level:[a,"b]', 'city:["a]', 'city:["a, b]', '!city:[a, "b c, d]']


@pytest.mark.parametrize("text", TEXTS)
def test_what_only_looks_like_a_filter_is_text(text: str) -> None:
    """Addresses, moments, lines of files, titles of errors."""
    assert outlines(text) == [("message", "=", text)]


@pytest.mark.parametrize(("text", "expected"), FILTERS)
def test_a_filter_stays_one(text: str, expected: list[Any]) -> None:
    """Whatever its key or value holds."""
    assert outlines(text) == expected


@pytest.mark.parametrize("text", OPEN)
def test_a_quote_in_a_list_has_to_be_closed(text: str) -> None:
    """Rather than search for nothing."""
    with pytest.raises(SearchError) as raised:
        compile_event_search(parse(text), projects={})
    assert raised.value.start == 0
