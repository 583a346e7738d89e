"""Searches asked of a real store."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.search.rows import NOON, ROWS, found, open_store
from tests.search.test_parse import PIECES
from vedette import items
from vedette.items.event import ERRORS
from vedette.search import SearchError, compile_event_search, parse
from vedette.store.duck import DuckStore
from vedette.store.patterns import fits, pieces
from vedette.store.table import Rows

ALL = set(ROWS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    """The store of the search tests."""
    opened = open_store(Path(tmp_path_factory.mktemp("store")))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("level:error", {"division"}),
        ("!level:error", {"message", "browser"}),
        ("ZeroDivisionError: division by zero", {"division"}),
        ('"ZeroDivisionError: division by zero"', {"division"}),
        ("level:[error, fatal]", {"division", "browser"}),
        ("error.type:Zero*", {"division"}),
        ("error_type:ZeroDivisionError", {"division"}),
        ("!error.type:Zero*", {"message", "browser"}),
        ("has:release", {"division", "message"}),
        ("!has:release", {"browser"}),
        ('release:""', {"browser"}),
        ("!release:shop@1.3.0", {"division", "browser"}),
        ("release.version:1.2.3", {"division"}),
        ("release.version:1.*", {"division", "message"}),
        ("release.package:shop", {"division", "message"}),
        ("release.build:77", {"division"}),
        ("city:Berlin", {"division"}),
        ("city:ber*", {"division", "message"}),
        ("!city:Berlin", {"message", "browser"}),
        ("city:[Berlin, Bern]", {"division", "message"}),
        ('city:[Berlin, ""]', {"division", "browser"}),
        ('city:[""]', {"browser"}),
        ('!city:[""]', {"division", "message"}),
        ("!city:[Berlin]", {"message", "browser"}),
        ("has:city", {"division", "message"}),
        ("tags[city]:Bern", {"message"}),
        ('plan:"50%_off"', {"division"}),
        ("plan:50%*", {"division"}),
        ("plan:5_*", set()),
        ("star:a\\*b", {"message"}),
        ("star:a\\*b*", {"message"}),
        ("path:C:\\temp", {"division"}),
        ("path:*\\temp", {"division"}),
        ("id:" + "a" * 32, {"division"}),
        ("id:AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa", {"division"}),
        ("id:aaaa*", {"division"}),
        ("trace:" + "b" * 32, {"division"}),
        ("!trace:" + "b" * 32, {"message", "browser"}),
        ("timestamp:>2026-01-01T12:00:00", {"message", "browser"}),
        ("timestamp:2026-01-01", {"division", "message"}),
        ("timestamp:<=2026-01-01T13:00:00", {"division", "message"}),
        ("timestamp:2026-01-01T12:02:00", {"division"}),
        ("error.unhandled:true", {"division"}),
        ("!error.unhandled:true", {"message", "browser"}),
        ("error.handled:true", {"message", "browser"}),
        ("error.handled:false", {"division"}),
        ("has:error.handled", {"division", "browser"}),
        ("user:id:7", {"division"}),
        ("user:email:alice@*", {"division"}),
        ("user:bob", {"message"}),
        ("!user:bob", {"division", "browser"}),
        ("user:203.0.113.9", {"browser"}),
        ("user.email:*@example.com", {"division"}),
        ("stack.function:divide", {"division"}),
        ("stack.function:div*", {"division"}),
        ("stack.function:divid", set()),
        ("stack.filename:shop/till.py", {"division"}),
        ("stack.filename:*/web.py", {"division"}),
        ("stack.module:shop.till", {"division"}),
        ("!stack.function:divide", {"message", "browser"}),
        ("has:stack.function", {"division"}),
        ('title:"TypeError: x is not a function*"', {"browser"}),
        ('title:"TypeError: *"', {"browser"}),
        ("message:zero", {"division"}),
        ("message:zero*", {"division"}),
        ("message:division*", {"division"}),
        ("message:vision*", set()),
        ("BY ZERO", {"division"}),
        ("5 \\* 3", {"message"}),
        ("low*3", {"message"}),
        ("berlin", {"division"}),
        ("b*lin", {"division"}),
        ("till.py", {"division"}),
        ("a" * 32, {"division"}),
        ("BBBBBBBB-bbbb-bbbb-bbbb-bbbbbbbbbbbb", {"division"}),
        ("project:shop", {"division", "message"}),
        ("project:[shop, bank]", ALL),
        ("project:b*", {"browser"}),
        ("project:nowhere", set()),
        ("project.id:2", {"browser"}),
        ("browser.name:Firefox OR city:Bern", {"message", "browser"}),
        ("level:fatal OR level:error environment:staging", {"browser"}),
        ("(level:fatal OR level:error) environment:production", {"division", "browser"}),
        ("level:error AND zero", {"division"}),
        ("nothing:like-this", set()),
        ("browser:lynx", {"message"}),
        ("!browser:lynx", {"division", "browser"}),
        ("browser:[lynx, nothing]", {"message"}),
        ('browser:[lynx, "Firefox 130.0"]', {"message", "browser"}),
        ('browser:[lynx, ""]', {"message", "division"}),
        ("has:browser", {"message", "browser"}),
        ("!has:browser", {"division"}),
        ("tags[browser]:lynx", {"message"}),
        ("browser:f*", {"browser"}),
        ("größe:5", {"message"}),
        ("İstanbul", {"browser"}),
        ("istanbul", {"browser"}),
        ("ISTANBUL", {"browser"}),
        ("hauptstrasse", {"browser"}),
        ("HAUPTSTRASSE", {"browser"}),
        ("HAUPTSTRAẞE", {"browser"}),
        ("haupt*sse", {"browser"}),
        ("message:hauptstrasse", {"browser"}),
        ("error.value:*strasse", {"browser"}),
        ("level:fatal\tfunction", {"browser"}),
        ("error.type:\uf00dContains\uf00ddivision", {"division"}),
        ("error.type:\uf00dStartsWith\uf00d[zero, type]", {"division", "browser"}),
        ("!error.type:\uf00dEndsWith\uf00derror", {"message"}),
        ("city:\uf00dEndsWith\uf00d[lin,n]", {"division", "message"}),
        ("city:\uf00dDoesNotEndWith\uf00d[lin,x]", {"message", "browser"}),
    ],
)
def test_a_search_finds(store: DuckStore, text: str, expected: set[str]) -> None:
    """These rows and no others."""
    assert found(store, text) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("id:xyz", "not an id"),
        ("trace:[1, 2]", "not an id"),
        ("count():>5", "counts many"),
        ("transaction.duration:>5s", "errors have no"),
        ("assigned:me", r"tags\[assigned\]"),
        ("release.version:>1.2.3", "compared"),
        ("OR level:error", "both sides"),
        ("level:error AND", "both sides"),
        ("level:error OR OR level:fatal", "both sides"),
        ("(AND)", "both sides"),
    ],
)
def test_a_search_that_cannot_be_answered_says_why(text: str, word: str) -> None:
    """The message names the reason, and the place lies within the text."""
    with pytest.raises(SearchError, match=word) as caught:
        compile_event_search(parse(text))
    assert 0 <= caught.value.start < caught.value.end <= len(text)


def test_stars_cost_one_pass_over_the_text(tmp_path: Path) -> None:
    """A pattern on which a backtracking matcher would spend hours; every place that takes one."""
    held = DuckStore(tmp_path, items.tables(), memory_bytes=256 << 20, threads=1)
    rows = Rows(ERRORS)
    long = "a" * 6000
    for position in range(50):
        texts = {"stack": long, "message": long, "tags": [("city", long)], "event_id": "e" * 32}
        rows.add({**texts, "timestamp": NOON, "writer": "w", "position": position})
    held.append([rows], writer="w", end=50)
    stars = "*a" * 12 + "*b"
    start = time.process_time()
    for text in (
        f"stack.text:{stars}",
        f"message:{stars}",
        f"city:{stars}",
        stars,
        f"title:{stars}",
    ):
        assert found(held, text) == set()
    held.close()
    assert time.process_time() - start < 10


@given(text=st.text("aAb*\\.ä\n", max_size=8), pattern=st.text("aAb*\\.ä", max_size=8))
def test_a_pattern_fits_as_it_is_defined(text: str, pattern: str) -> None:
    """The matcher that Python itself uses, against the definition."""
    expression = ".*".join(re.escape(piece.lower()) for piece in pieces(pattern))
    assert fits(pattern, text) == bool(re.fullmatch(expression, text.lower(), re.DOTALL))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.lists(PIECES, max_size=10).map("".join))
def test_no_search_breaks_the_store(store: DuckStore, text: str) -> None:
    """What compiles is answered."""
    try:
        compile_event_search(parse(text))
    except SearchError:
        return
    assert found(store, text) <= ALL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("browser:lynx", {"message"}),
        ("user:bob", {"message"}),
        ("istanbul", {"browser"}),
        ("İSTANBUL", {"browser"}),
        ("ISTANBUL", {"browser"}),
        ("İstanbul", {"browser"}),
        ("i̇stanbul", {"browser"}),
        ("hauptstrasse", {"browser"}),
        ("HAUPTSTRASSE", {"browser"}),
        ("Hauptstraße", {"browser"}),
        ("HAUPTSTRAẞE", {"browser"}),
        ("größe:5", {"message"}),
        ("größe:5", {"message"}),
        ("tags[größe]:5", {"message"}),
        ("!browser:lynx", {"browser", "division"}),
        ("ZeroDivisionError: division by zero", {"division"}),
        ("x is not a function in İstanbul, Hauptstraße", {"browser"}),
        ("Stock is low: 5 * 3", {"message"}),
        ('"Stock is low: 5 * 3"', {"message"}),
        ("plan:50%_off", {"division"}),
        ("star:a\\*b", {"message"}),
        ('star:"a*b"', {"message"}),
        ("path:C:\\temp", {"division"}),
        ("has:browser", {"browser", "message"}),
        ("!has:browser", {"division"}),
        ("browser:*", {"browser", "message"}),
        ('browser:""', {"division"}),
        ("city:B*", {"division", "message"}),
        ("city:\uf00dEndsWith\uf00dlin", {"division"}),
        ("city:\uf00dDoesNotContain\uf00derl", {"browser", "message"}),
        ("browser:\uf00dContains\uf00dyn", {"message"}),
        ('message:\uf00dContains\uf00d"is low"', {"message"}),
        ("user:7", {"division"}),
        ("user.id:7 or user:bob", {"division", "message"}),
        ("stack.function:DIVIDE", {"division"}),
        ("shop/till.py:7", {"division"}),
        ("till.py:7", {"division"}),
    ],
)
def test_a_search_finds_what_was_meant(store: DuckStore, text: str, expected: set[str]) -> None:
    """Whatever script, spelling and marks it is written in."""
    assert found(store, text) == expected
