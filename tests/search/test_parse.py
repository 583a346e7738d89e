"""Reading a search text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.search.rows import outline, outlines
from vedette import clock
from vedette.search import (
    Query,
    SearchError,
    other_reading,
    parse,
    parse_issue_search,
    split_issue_search,
)
from vedette.search.clauses import clause


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("level:error", [("level", "=", "error")]),
        ("!level:error", [("level", "!=", "error")]),
        ("level:!=error", [("level", "!=", "error")]),
        ("code:!=500", [("code", "!=", "500")]),
        ("has:release !has:dist", [("release", "!=", ""), ("dist", "=", "")]),
        ("has:tags[city]", [("tags[city]", "!=", "")]),
        ('release:""', [("release", "=", "")]),
        ("city:[Bern, Berlin]", [("city", "IN", ("Bern", "Berlin"))]),
        ('!city:["a b",c]', [("city", "NOT IN", ("a b", "c"))]),
        ("city:[[x]]", [("city", "IN", ("[x]",))]),
        ('"my:key":x', [("my:key", "=", "x")]),
        ("tags[level]:x", [("tags[level]", "=", "x")]),
        ('tags["my key"]:x', [("tags[my key]", "=", "x")]),
        ("see http://x.example/y", [("message", "=", "see http://x.example/y")]),
        ("a b  c", [("message", "=", "a b  c")]),
        ('"a b" c', [("message", "=", "a b"), ("message", "=", "c")]),
        ('"level:error"', [("message", "=", "level:error")]),
        ("f(x) AND", [("message", "=", "f(x)"), "AND"]),
        ("(a:b or c:d) e:f", [[("a", "=", "b"), "OR", ("c", "=", "d")], ("e", "=", "f")]),
        ("hello (a:b)", [("message", "=", "hello"), [("a", "=", "b")]]),
        ("issue.id:>5k", [("issue.id", ">", 5000.0)]),
        ("!transaction.duration:>1.5s", [("transaction.duration", "<=", 1500.0)]),
        ("transaction.duration:2min", [("transaction.duration", "=", 120_000.0)]),
        ("issue.id:[1, 2m]", [("issue.id", "IN", (1.0, 2_000_000.0))]),
        ("!error.unhandled:1", [("error.unhandled", "=", False)]),
        ("count():>5", [("count()", ">", 5.0)]),
        ("", []),
        ('""', []),
        ("Rack::Timeout", [("message", "=", "Rack::Timeout")]),
        ("Rack::Timeout::Error", [("message", "=", "Rack::Timeout::Error")]),
        ("in core::panicking a:b", [("message", "=", "in core::panicking"), ("a", "=", "b")]),
        ("Vec::<u8>::len", [("message", "=", "Vec::<u8>::len")]),
        ("Foo::", [("message", "=", "Foo::")]),
        ("C:\\tmp\\x", [("message", "=", "C:\\tmp\\x")]),
        ("transaction::id/x", [("transaction", "=", ":id/x")]),
        ("server:::1", [("server", "=", "::1")]),
        ("größe:5", [("größe", "=", "5")]),
        ("都市:東京", [("都市", "=", "東京")]),
        ("level:fatal\tno", [("level", "=", "fatal"), ("message", "=", "no")]),
        ("level:fatal\xa0no\u3000x", [("level", "=", "fatal"), ("message", "=", "no x")]),
        ("a:“b c” „d”", [("a", "=", "b c"), ("message", "=", "d")]),
        ("«level:error»", [("message", "=", "level:error")]),
        ('"he said “no”\t"', [("message", "=", "he said “no”\t")]),
        ("it’s “open", [("message", "=", "it’s “open")]),
        ("timeout or refused", [("message", "=", "timeout or refused")]),
        ("a:b or refused", [("a", "=", "b"), ("message", "=", "or refused")]),
        ("a:b and (c:d)", [("a", "=", "b"), "AND", [("c", "=", "d")]]),
        ("(x) or a:b", [[("message", "=", "x")], "OR", ("a", "=", "b")]),
        ('"a" or "b"', [("message", "=", "a"), "OR", ("message", "=", "b")]),
        ("x OR a:b", [("message", "=", "x"), "OR", ("a", "=", "b")]),
        ("a:\uf00dContains\uf00db", [("a", "=", "*b*")]),
        ("a:\uf00dStartsWith\uf00db", [("a", "=", "b*")]),
        ('!a:\uf00dEndsWith\uf00d"b c"', [("a", "!=", "*b c")]),
        ("a:\uf00dDoesNotContain\uf00db", [("a", "!=", "*b*")]),
        ("!a:\uf00dDoesNotStartWith\uf00db", [("a", "=", "b*")]),
        ("a:\uf00dStartsWith\uf00dc\\", [("a", "=", "c\\\\*")]),
        ("a:\uf00dContains\uf00d[b*,c]", [[("a", "=", "*b\\**"), "OR", ("a", "=", "*c*")]]),
        ("a:\uf00dDoesNotEndWith\uf00d[b,c]", [("a", "!=", "*b"), ("a", "!=", "*c")]),
        ("\ufefflevel:er\u200bror", [("level", "=", "error")]),
        ('"c\u200b" a\u200b b', [("message", "=", "c\u200b"), ("message", "=", "a b")]),
        ('has:tags["my key"]', [("tags[my key]", "!=", "")]),
        ('!has:tags["my key"]', [("tags[my key]", "=", "")]),
        ("fe80::1", [("message", "=", "fe80::1")]),
        ('"fe80::1"', [("message", "=", "fe80::1")]),
        ("fe80::1%eth0 level:error", [("message", "=", "fe80::1%eth0"), ("level", "=", "error")]),
        ("2001:db8::/32", [("message", "=", "2001:db8::/32")]),
        ("refused 127.0.0.1:80", [("message", "=", "refused 127.0.0.1:80")]),
        ("12:34:56", [("message", "=", "12:34:56")]),
        ("00:1a:2b:3c:4d:5e", [("message", "=", "00:1a:2b:3c:4d:5e")]),
        ("dead:beef", [("dead", "=", "beef")]),
        ("KeyError: 'name'", [("message", "=", "KeyError: 'name'")]),
        ("a.B: x level:error", [("message", "=", "a.B: x"), ("level", "=", "error")]),
        ("no such file: x", [("message", "=", "no such file: x")]),
        ("panic: index out of range", [("message", "=", "panic: index out of range")]),
        ('Error: (1045, "x', [("message", "=", 'Error: (1045, "x')]),
        ("TypeError: timestamp:soon", [("message", "=", "TypeError: timestamp:soon")]),
        ("Uncaught Error: :(", [("message", "=", "Uncaught Error: :(")]),
        ("NSURLErrorDomain: -1009", [("message", "=", "NSURLErrorDomain: -1009")]),
        (
            "org.postgresql.util.PSQLException: ERROR: deadlock detected",
            [("message", "=", "org.postgresql.util.PSQLException: ERROR: deadlock detected")],
        ),
        (
            "java.lang.IllegalStateException: Order (404) is closed",
            [("message", "=", "java.lang.IllegalStateException: Order (404) is closed")],
        ),
        ("App\\Models\\Order::find", [("message", "=", "App\\Models\\Order::find")]),
        (
            "std::vector<int>::at level:error",
            [("message", "=", "std::vector<int>::at"), ("level", "=", "error")],
        ),
        ("GET /orders/17?x=1&y=2", [("message", "=", "GET /orders/17?x=1&y=2")]),
        (
            "see http://localhost:3000/x level:error",
            [("message", "=", "see http://localhost:3000/x"), ("level", "=", "error")],
        ),
        (
            "SQLSTATE[HY000] [2002] Connection refused",
            [("message", "=", "SQLSTATE[HY000] [2002] Connection refused")],
        ),
        (
            "Error: connect ECONNREFUSED 127.0.0.1:5432",
            [("message", "=", "Error: connect ECONNREFUSED 127.0.0.1:5432")],
        ),
        (
            "SyntaxError: Unexpected token < in JSON at position 0",
            [("message", "=", "SyntaxError: Unexpected token < in JSON at position 0")],
        ),
        (
            "TypeError: Cannot read properties of undefined (reading 'id')",
            [("message", "=", "TypeError: Cannot read properties of undefined (reading 'id')")],
        ),
        (
            "TypeError: 'NoneType' object is not subscriptable",
            [("message", "=", "TypeError: 'NoneType' object is not subscriptable")],
        ),
        (
            "Traceback (most recent call last):",
            [("message", "=", "Traceback (most recent call last):")],
        ),
        (
            "rpc error: code = Unavailable desc = connection closed",
            [("message", "=", "rpc error: code = Unavailable desc = connection closed")],
        ),
        ("s3://bucket/key", [("message", "=", "s3://bucket/key")]),
        ("urn:isbn:123", [("urn", "=", "isbn:123")]),
        ("localhost:5432", [("localhost", "=", "5432")]),
        ("at 10:30 level:error", [("message", "=", "at 10:30"), ("level", "=", "error")]),
        ("[::1]:8080", [("message", "=", "[::1]:8080")]),
        ("user.email:ann+shop@example.com", [("user.email", "=", "ann+shop@example.com")]),
        ("url:https://shop.example/till?x=1", [("url", "=", "https://shop.example/till?x=1")]),
        ('url:"https://shop.example/a b"', [("url", "=", "https://shop.example/a b")]),
        ('message:"a: b"', [("message", "=", "a: b")]),
        ('transaction:"GET /orders/{id}"', [("transaction", "=", "GET /orders/{id}")]),
        ("transaction:/api/*/orders", [("transaction", "=", "/api/*/orders")]),
        ("release:shop@1.2.3+77", [("release", "=", "shop@1.2.3+77")]),
        ("level:[error,fatal]", [("level", "IN", ("error", "fatal"))]),
        ('level:["error" , fatal]', [("level", "IN", ("error", "fatal"))]),
        ('!level:[ "a, b" ]', [("level", "NOT IN", ("a, b",))]),
        ('os.name:"Mac OS X"', [("os.name", "=", "Mac OS X")]),
        ("level:error and level:fatal", [("level", "=", "error"), "AND", ("level", "=", "fatal")]),
        ("not level:error", [("message", "=", "not"), ("level", "=", "error")]),
        ('a:"\\"quoted\\""', [("a", "=", '"quoted"')]),
        ("path:C:\\temp", [("path", "=", "C:\\temp")]),
        ("größe:5 OR 都市:東京", [("größe", "=", "5"), "OR", ("都市", "=", "東京")]),
        ("tags[größe]:5", [("tags[größe]", "=", "5")]),
        ("имя:Иван", [("имя", "=", "Иван")]),
        ("level:error\u2003browser:lynx", [("level", "=", "error"), ("browser", "=", "lynx")]),
        ("level:error\n", [("level", "=", "error")]),
        ("\tlevel:error\t", [("level", "=", "error")]),
        ("level:error\u202fx\u2009y", [("level", "=", "error"), ("message", "=", "x y")]),
        ("browser:„lynx“", [("browser", "=", "lynx")]),
        ("browser:«lynx 2»", [("browser", "=", "lynx 2")]),
        ("browser:[“a b”,„c“]", [("browser", "IN", ("a b", "c"))]),
        ("level:error,fatal", [("level", "=", "error,fatal")]),
        ("a:b or c:d or e:f", [("a", "=", "b"), "OR", ("c", "=", "d"), "OR", ("e", "=", "f")]),
        (
            "(a:b and c:d) or e:f",
            [[("a", "=", "b"), "AND", ("c", "=", "d")], "OR", ("e", "=", "f")],
        ),
        ("dead or alive", [("message", "=", "dead or alive")]),
        (
            "search and rescue level:error",
            [("message", "=", "search and rescue"), ("level", "=", "error")],
        ),
        ('a:\uf00dContains\uf00d"b c"', [("a", "=", "*b c*")]),
        ("!a:\uf00dContains\uf00d[b,c]", [("a", "!=", "*b*"), ("a", "!=", "*c*")]),
        ('a:\uf00dStartsWith\uf00d[b,"c d"]', [[("a", "=", "b*"), "OR", ("a", "=", "c d*")]]),
        ("message:\uf00dContains\uf00dfoo", [("message", "=", "*foo*")]),
        (
            "release:\uf00dStartsWith\uf00dshop@ level:error",
            [("release", "=", "shop@*"), ("level", "=", "error")],
        ),
        ("!a:\uf00dDoesNotEndWith\uf00d[b]", [("a", "=", "*b")]),
        (
            "Rack::Timeout OR Puma::Error",
            [("message", "=", "Rack::Timeout"), "OR", ("message", "=", "Puma::Error")],
        ),
        ("foo::bar:baz", [("message", "=", "foo::bar:baz")]),
        ("-[Cart total]", [("message", "=", "-[Cart total]")]),
        ("Cart.pay():17", [("message", "=", "Cart.pay():17")]),
        ("cart.js:17:9", [("message", "=", "cart.js:17:9")]),
        ("app/cart.py:17", [("message", "=", "app/cart.py:17")]),
        ("cart.py:17", [("message", "=", "cart.py:17")]),
        ("{'id': 7}", [("message", "=", "{'id': 7}")]),
        ('{"id": 7}', [("message", "=", '{"id": 7}')]),
        (
            "[Errno 13] Permission denied: '/a'",
            [("message", "=", "[Errno 13] Permission denied: '/a'")],
        ),
        ("#<Order:0x000055d0>", [("message", "=", "#<Order:0x000055d0>")]),
        ("C++", [("message", "=", "C++")]),
        ("100%", [("message", "=", "100%")]),
        ("a && b || c", [("message", "=", "a && b || c")]),
        ("SELECT * FROM users", [("message", "=", "SELECT * FROM users")]),
        ("mailto:ann@example.com", [("mailto", "=", "ann@example.com")]),
        ("größe:5".replace("ö", "o\u0308"), [("größe", "=", "5")]),
        ("\r\n level:error \r\n", [("level", "=", "error")]),
        (
            "src/App.tsx:17:9 level:error",
            [("message", "=", "src/App.tsx:17:9"), ("level", "=", "error")],
        ),
        ("cart.py:broken", [("cart.py", "=", "broken")]),
        ("p95(x.y):>5", [("p95(x.y)", ">", 5.0)]),
    ],
)
def test_a_text_is_read(text: str, expected: list[Any]) -> None:
    """The grammar gives these parts."""
    assert outlines(text) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("level:", "no value"),
        ("level: error", "no value"),
        ("city: Bern", "no value"),
        ("(level:error", "not closed"),
        ("level:error)", "never opened"),
        ("a\nb", "line break"),
        ('name:a"b', "quote"),
        ("city:[a, ]", "empty value"),
        ("issue.id:many", "not a number"),
        ("error.handled:perhaps", "neither true nor false"),
        ("timestamp:soon", "not a time"),
        ("timestamp:2026-02-30", "calendar"),
        ("timestamp:-999999999w", "too far"),
        ("!timestamp:-24h", "negated"),
        ("has:", "name of a field"),
        ("is:unresolved", "issues"),
        ("(" * 200 + "a" + ")" * 200, "nested"),
        ("a:b " * 101, "100 conditions"),
        ("a" * 9000, "8192 characters"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text: str, word: str) -> None:
    """An error is in words and marks a place within the text."""
    with pytest.raises(SearchError, match=word) as caught:
        parse(text)
    assert 0 <= caught.value.start < caught.value.end <= len(text)


def test_a_place_is_told_in_the_text_as_it_was_written() -> None:
    """Also where characters without a width were left out."""
    text = "\ufeffle\u200bvel:error issue.id:many"
    with pytest.raises(SearchError) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.end] == "issue.id:many"


@pytest.mark.parametrize(
    ("text", "word", "start"),
    [
        ('"unclosed', "quote is not closed", 0),
        ('level:error "unclosed', "quote is not closed", 12),
        ("level:[error", "list is not closed", 0),
        ("x !level:[error, fatal", "list is not closed", 2),
        ("issue.id:\uf00dContains\uf00d5", "only texts", 0),
        ("a:\uf00dContains\uf00d", "no value", 0),
        ("a:\uf00dContains\uf00d[b, ]", "empty value", 0),
    ],
)
def test_what_was_not_closed_is_refused_with_its_place(text: str, word: str, start: int) -> None:
    """Sentry searches for such a text as it is; nobody who writes it means that."""
    with pytest.raises(SearchError, match=word) as caught:
        clause(parse(text))
    assert caught.value.start == start
    assert f"character {start + 1}" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['19" screen', 'end"', "h[e]llo", "a:[x]y", 'timeout "connection refused"', 'key "id" x']
    + ['Undefined array key "id"', "a “b”", '"a" or "b"', 'say "a \\" b" c', 'x "" y'],
)
def test_a_quote_or_bracket_within_a_word_is_itself(text: str) -> None:
    """Inches, and what code looks like."""
    assert clause(parse(text))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("timeout or refused", "timeout OR refused"),
        ("is:unresolved timeout or refused", "is:unresolved (timeout OR refused)"),
        ("a:b or c:d", 'a:b "or" c:d'),
        ("a:b or hello", "a:b OR hello"),
        ("(a:b and c:d) e:f", '(a:b "and" c:d) e:f'),
        ("a:b OR c:d", None),
        ("x and", None),
        ('"this or that"', None),
        ("path /or/x", None),
        ("((", None),
        ("", None),
    ],
)
def test_the_other_reading_of_a_small_word_is_offered(text: str, other: str | None) -> None:
    """As a connective where it was a word, as a word where it was a connective."""
    found = other_reading(text, lambda one: split_issue_search(parse_issue_search(one)))
    assert (found.text if found else None) == other


def test_terms_know_their_place() -> None:
    """A chip shows exactly what was typed."""
    text = 'bad  !level:[a, b] ("x y" OR has:z)'
    shown = [text[term.start : term.end] for term in parse(text).terms()]
    assert shown == ["bad", "!level:[a, b]", '"x y"', "has:z"]


@pytest.mark.parametrize(
    ("text", "is_wildcard"),
    [("a:b*", True), ("a:b\\*", False), ("a:b\\\\*", True), ("*x*", True), ("a:[b*]", False)],
)
def test_a_star_is_a_wildcard_unless_guarded(text: str, is_wildcard: bool) -> None:
    """A backslash makes a star a star; in a list it always is one."""
    assert [term.is_wildcard for term in parse(text).terms()] == [is_wildcard]


def test_a_date_means_that_day() -> None:
    """A date without an operator is a range, one with an operator a limit."""
    day = datetime(2026, 1, 2, tzinfo=UTC)
    assert outlines("timestamp:2026-01-02") == [
        ("timestamp", ">=", day),
        ("timestamp", "<", day + timedelta(days=1)),
    ]
    assert outlines("timestamp:>2026-01-02T01:00:00+01:00") == [("timestamp", ">", day)]


def test_relative_times_count_from_now() -> None:
    """Minus is since then, plus is until then; the issue list also compares."""
    before = clock.now() - timedelta(hours=24)
    for text, operator in (
        ("timestamp:-24h", ">="),
        ("timestamp:+24h", "<="),
        ("timestamp:<-24h", "<"),
        ("age:-24h", ">="),
    ):
        [(_, found, moment)] = map(outline, parse_issue_search(text).parts)
        assert found == operator
        assert before <= moment <= before + timedelta(minutes=1)


def test_the_issue_list_knows_its_keys() -> None:
    """What is a text for events is a state, a number or a time for issues."""
    parts = parse_issue_search("is:unresolved timesSeen:>10 assigned:[me, none]").parts
    assert [outline(part) for part in parts] == [
        ("is", "=", "unresolved"),
        ("timesSeen", ">", 10.0),
        ("assigned", "IN", ("me", "none")),
    ]


PIECES = st.sampled_from(
    [*'()[]":!*\\,<>= \n\t{}', "key", "tags[a]", "OR", "and", "-24h", "2018-13-01", "1e5", "5k"]
    + ["timestamp:", "issue.id:", "error.handled:", "has:", "is:", "count():", '"a b"', "ü", "\x00"]
    + ["\uf00dContains\uf00d", "\uf00dDoesNotEndWith\uf00d", "::", "//", "“", "”", "\t", "or"]
    + ["age:", "lastSeen:>", "99999999999999999999w", "-9999999w", "9999-12-31", "0001-01-01"]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
@example("\ud800:x")
@example("timestamp:9999-12-31")
@example("lastSeen:>+9999999999w")
def test_no_text_crashes_the_parser(text: str) -> None:
    """Any text is read or refused with a place within it."""
    for read in (parse, parse_issue_search):
        assert all(0 <= start <= end <= len(text) for start, end in places(read, text))


def places(read: Callable[[str], Query], text: str) -> list[tuple[int, int]]:
    """Where the terms of a text stand, or where it is wrong."""
    try:
        return [(term.start, term.end) for term in read(text).terms()]
    except SearchError as error:
        return [(error.start, error.end)]


@pytest.mark.parametrize(
    "text",
    [
        '"' * 8000,
        "a:" + "\\" * 8000,
        "a:[" + "b]" * 4000,
        "count(" + " " * 8000,
        "(()" * 35 + ")" * 35,
        "()" * 4000,
        "(" * 39 + "a b:c " * 20,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    """The steps do not grow with the square of the length: counted, not timed."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        places(parse, text[:8192])
    finally:
        sys.setprofile(None)
    assert steps < 40 * 8192


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("OR", 0),
        ("a:b OR", None),
        ("OR a:b", 0),
        ("a:b AND AND c:d", None),
        ("(a:b OR) c:d", None),
        ('level:"error', 0),
        ('x level:"error', 2),
        ("level:[", 0),
        ("a:b (c:d", 4),
        ("timestamp:>tomorrow", None),
        ("a:\uf00dNonsense\uf00db", None),
        ("a:\uf00d", 2),
    ],
)
def test_what_nobody_can_mean_is_refused(text: str, start: int | None) -> None:
    """Connectives without conditions, unknown operators, what was not closed."""
    with pytest.raises(SearchError) as caught:
        clause(parse(text))
    assert start is None or caught.value.start == start
    assert 0 <= caught.value.start < caught.value.end <= len(text)
