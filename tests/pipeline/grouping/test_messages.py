"""Messages: the sentence counts, the data in it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.grouping.builder import apart, event, exception, frame, same
from vedette.pipeline.grouping import parameterise

EXAMPLES = [
    ("order 42 of -3 and 10,000", "order <int> of <int> and <int>"),
    ("took 1.5s, then 250 ms", "took <duration>, then <duration>"),
    ("ratio 0.25", "ratio <float>"),
    ("read 12 KB of 3.5MB", "read <size> of <size>"),
    ("user 550e8400-e29b-41d4-a716-446655440000 left", "user <uuid> left"),
    ("commit 3f2a91bc at 0x7f00ab", "commit <hex> at <hex>"),
    ("upstream 10.0.3.9:8080 and ::1 and [2001:db8::7]:443", "upstream <ip> and <ip> and <ip>"),
    ("mac 00:1a:2b:3c:4d:5e", "mac <mac>"),
    ("since 2026-11-22T01:43:42.281Z", "since <date>"),
    ("since 2026-11-22 and 11/22/2026", "since <date> and <date>"),
    ("at Sun, 22 Nov 2026 01:43:42 GMT", "at <date>"),
    ("mail to alice@example.com failed", "mail to <email> failed"),
    ("GET https://api.example/v1/x?y=1 failed", "GET <url> failed"),
    ("no file /data/7/0000beef1.txt", "no file /data/<int>/<hex>.txt"),
    ("bad value 'order 12'", "bad value <str>"),
    ("no column 'price'", "no column 'price'"),
    ("node-12 and key_41", "node-<int> and key_<int>"),
    ("version v1.2.3", "version <version>"),
    ("sha256 over utf-8 on x86_64", "sha256 over utf-8 on x86_64"),
    ("std::bad_alloc", "std::bad_alloc"),
    ("can't reach it, won't try", "can't reach it, won't try"),
    ("/tmp/tmpab12cd_9/x", "/tmp/<tmp>/x"),
    ("token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0", "token <jwt>"),
]


@pytest.mark.parametrize(("before", "after"), EXAMPLES)
def test_data_is_replaced_and_words_stay(before: str, after: str) -> None:
    """Each kind of data has its placeholder."""
    assert parameterise(before) == after


@given(st.text(alphabet="ab1-.:/@ '\"x0[]", max_size=3_000) | st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No text makes it raise or grow without bound."""
    assert len(parameterise(text)) <= 6 * 2_000


def test_templates_group_whatever_was_filled_in() -> None:
    """The template is what was written; the formatted text is for people."""
    assert same(
        event("python", logentry={"message": "hello %s", "formatted": "hello Alice"}),
        event("python", logentry={"message": "hello %s", "formatted": "hello Bob"}),
        event("python", logentry={"message": "hello %s"}),
    )


def test_formatted_messages_group_without_their_data() -> None:
    """A message that was formatted before it was reported is still recognised."""
    assert same(event("go", message="job 12 failed"), event("go", message="job 907 failed"))
    assert apart(event("go", message="job 12 failed"), event("go", message="job 12 started"))


def test_where_a_message_was_reported_does_not_matter() -> None:
    """Two messages reported through one logging function are two issues, and the reverse."""
    log, other = frame("log", "shop.log"), frame("alert", "shop.log")
    threads = [{"current": True, "stacktrace": {"frames": [log]}}]
    assert apart(
        event("python", message="cart is empty", threads={"values": threads}),
        event("python", message="disk is full", threads={"values": threads}),
    )
    synthetic = {"type": "generic", "synthetic": True}
    captured = {"type": None, "value": "disk is full", "mechanism": synthetic}
    assert same(
        event("javascript", captured | {"stacktrace": {"frames": [log]}}, message="disk is full"),
        event("javascript", captured | {"stacktrace": {"frames": [other]}}),
        event("javascript", message="disk is full"),
    )


def test_an_exception_is_stronger_than_a_message() -> None:
    """What was logged beside an exception does not split the exception's issue."""
    bug = exception("KeyError", frame("a", "m"))
    assert same(
        event("python", bug, message="while paying"), event("python", bug, message="on exit")
    )


def test_security_reports_group_by_directive_and_host() -> None:
    """Each blocked image of one host is one issue."""

    def report(directive: str, uri: str) -> dict[str, object]:
        return {
            "type": "csp",
            "logentry": {"formatted": f"Blocked {uri}"},
            "tags": {"effective-directive": directive, "blocked-uri": uri},
        }

    assert same(
        event("javascript", **report("img-src", "https://evil.example/a.png")),
        event("javascript", **report("img-src", "https://evil.example/b.png")),
    )
    assert apart(
        event("javascript", **report("img-src", "https://evil.example/a.png")),
        event("javascript", **report("script-src", "https://evil.example/a.js")),
        event("javascript", **report("img-src", "https://other.example/a.png")),
        event("javascript", **report("script-src", "inline")),
    )


def test_events_that_say_nothing_group_by_their_origin() -> None:
    """Logger and transaction are all that is left."""
    assert same(event("python"), event("python"))
    assert apart(event("python", logger="a"), event("python", logger="b"), event("python"))
