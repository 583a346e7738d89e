"""Rules of people's own: what they take out, where, and what is said of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub import Kind, Scrubber, ScrubSettings, decode_remarks, encode_remarks
from vedette.pipeline.scrub.own_hints import Hints
from vedette.pipeline.scrub.own_rules import OwnRules
from vedette.pipeline.scrub.remarks import Scrubbed
from vedette.pipeline.scrub.rule_lines import METHODS, problem_of, read_rule
from vedette.pipeline.scrub.safe_paths import SafePaths
from vedette.pipeline.scrub.text_rules import TYPES
from vedette.pipeline.scrub.words import Names

SENT = {
    "event_id": "a" * 32,
    "release": "order-17",
    "user": {"id": "7", "email": "ann@example.com"},
    "extra": {"note": "order-17 by ann@example.com", "deep": [1, {"note": {"a": "b"}}], "n": 12.5},
    "tags": [["mail", "ann@example.com"]],
}


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("replace email", "order-17 by [email]"),
        ("mask email", "order-17 by ***************"),
        ("remove email", "order-17 by "),
        ("filter email in extra", "order-17 by [Filtered]"),
        ("Mask /order-([0-9]+)/ in extra.**", "order-** by ann@example.com"),
        (r"replace /by\/|by ann/", "order-17 [Filtered]@example.com"),
        ("mask email in $user", "order-17 by ann@example.com"),
        ("mask email in extra.** && !extra.note", "order-17 by ann@example.com"),
        ("hash anything in extra.note", "D7ADA9D8B6C0D4A6C3F1C0A7B4B8CEB8DB7B4D5E"),
    ],
)
def test_a_rule_changes_what_it_names_where_it_says(wash: Wash, rule: str, note: str) -> None:
    """And nothing else."""
    kept = wash(SENT, rules=(rule,))["extra"]["note"]
    if rule.startswith("hash"):
        assert len(kept) == len(note)
        assert kept == wash(SENT, rules=(rule,))["extra"]["note"]
        assert kept != wash(SENT, rules=(rule,), hash_key=b"another")["extra"]["note"]
    else:
        assert kept == note


def test_whole_values_go_whatever_they_are(wash: Wash) -> None:
    """Objects, lists and numbers become null, also where only a text can be replaced."""
    kept = wash(SENT, rules=("remove anything in note", "mask anything in extra.n"))["extra"]
    assert kept == {"note": None, "deep": [1, {"note": None}], "n": None}
    assert wash(SENT, rules=("filter anything in extra.*",))["extra"] == {
        "note": "[Filtered]",
        "deep": None,
        "n": None,
    }


def test_what_the_product_needs_stays(wash: Wash) -> None:
    """Ids, releases and times, whatever a rule says."""
    rules = ("mask /order-[0-9]+/", "remove anything in release", "mask /a{32}/")
    kept = wash(SENT, rules=rules)
    assert (kept["release"], kept["event_id"]) == ("order-17", "a" * 32)
    assert kept["extra"]["note"] == "******** by ann@example.com"


def test_safe_fields_stay(wash: Wash) -> None:
    """By their name or their path."""
    rules = ("mask email", "remove anything in deep")
    kept = wash(SENT, rules=rules, safe_fields=("email", "extra.note", "deep"))
    assert kept["user"]["email"] == "ann@example.com"
    assert kept["extra"] == SENT["extra"]
    assert kept["tags"] == [["mail", "***************"]]


def test_the_rule_that_is_written_first_has_the_first_word(wash: Wash) -> None:
    """Two that overlap do not change the same characters twice."""
    kept = wash(SENT, rules=("mask /order-[0-9]+ by/", "replace /17 by ann@/", "remove /example/"))
    assert kept["extra"]["note"] == "*********** ann@.com"


@pytest.mark.parametrize(
    ("rule", "sent", "kept"),
    [
        ("filter anything in request.headers.x", [["X", "s"]], [["X", "[Filtered]"]]),
        ("filter anything in x-note", [["X-Note", "s"]], [["X-Note", "[Filtered]"]]),
        ("mask /s/ in x-note", [["X-Note", "as"], ["b", "s"]], [["X-Note", "a*"], ["b", "s"]]),
        (
            "filter anything in x-note",
            [{"name": "X-Note", "value": "s"}],
            [{"name": "X-Note", "value": "[Filtered]"}],
        ),
        (
            "mask /s/ in x-note",
            [{"value": {"stringValue": "as"}, "key": "x-note"}],
            [{"value": {"stringValue": "a*"}, "key": "x-note"}],
        ),
    ],
)
def test_a_place_is_also_what_pairs_and_attributes_name(
    wash: Wash, rule: str, sent: object, kept: object
) -> None:
    """SDKs write headers and tags as lists of either."""
    assert wash({"request": {"headers": sent}}, rules=(rule,))["request"]["headers"] == kept


@pytest.mark.parametrize(
    "sent",
    [
        {"sid": "a1b2c3d4-0000-4000-8000-a1b2c3d4e5f6", "started": "2026-11-27T12:00:00.123456Z"},
        {"check_in_id": "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"},
        {"replay_id": "a" * 32, "replay_start_timestamp": 1795780800.25},
        {"aggregates": [{"started": "2026-11-27T12:00:00.123456Z", "exited": 1234567}]},
        {
            "resourceSpans": [
                {"scopeSpans": [{"spans": [{"traceId": "a" * 32, "spanId": "b" * 16}]}]}
            ]
        },
        {
            "resourceLogs": [
                {"scopeLogs": [{"logRecords": [{"timeUnixNano": "1795780800123456789"}]}]}
            ]
        },
    ],
)
def test_ids_and_times_of_every_kind_stay(wash: Wash, sent: dict[str, Any]) -> None:
    """A rule about numbers or hexadecimal digits costs no session, run or span."""
    rules = ("mask uuid", "mask /[0-9a-f]{16,}/", "filter /[0-9]{4,}/")
    assert wash(sent, rules=rules) == sent


def test_what_an_item_cannot_be_read_without_stays(wash: Wash) -> None:
    """A place that holds ids is emptied of what is not needed."""
    trace = {"trace_id": "a" * 32, "span_id": "b" * 16, "op": "http", "data": {"a": 1}}
    spans = [{"span_id": "c" * 16, "description": "SELECT 1", "tags": {"a": "b"}}]
    sent = {"contexts": {"trace": trace, "cart": {"a": 1}}, "spans": spans}
    for rule in (
        "remove anything in contexts || spans",
        "remove anything in contexts.* || spans.*",
    ):
        assert wash(sent, rules=(rule,)) == {
            "contexts": {"trace": {**trace, "data": None}, "cart": None},
            "spans": [{"span_id": "c" * 16, "description": None, "tags": None}],
        }


@pytest.mark.parametrize(
    ("member", "sent", "kept"),
    [
        ("data", '{"note": "s", "b": [1]}', '{"note": "[Filtered]", "b": [1]}'),
        ("data", '[{"note":{"a":1}}]', '[{"note":null}]'),
        ("data", "a=s&note=s+t", "a=s&note=[Filtered]"),
        ("data", "take note = s", "take note = s"),
        ("query_string", "?note=s&a=s", "?note=[Filtered]&a=s"),
        ("cookies", "a=s; note=s; b=s", "a=s; note=[Filtered]; b=s"),
    ],
)
def test_a_place_may_lie_in_a_text(wash: Wash, member: str, sent: str, kept: str) -> None:
    """Bodies, queries and cookies come as they were received."""
    for rule in ("filter anything in note", "filter /s.*/ in note"):
        assert wash({"request": {member: sent}}, rules=(rule,))["request"][member] == (
            kept if "anything" in rule else kept.replace("null", '{"a":1}')
        )


@pytest.mark.parametrize(
    ("rule", "payload"),
    [
        ("remove anything in extra.note", b'{"extra":{"n\\u006fte":"secret"}}'),
        ("filter /secret/", b'{"extra":{"a":"\\u0073ecret \xff\xfe"}}'),
        (r"filter /\Q[\E|^secret[0-9]*/", b'{"extra":{"a":"secret"}}'),
        (r"filter /\W?4711\d*\W?/", b'{"extra":{"a": 4711 ,"b":1}}'),
    ],
)
def test_no_way_of_writing_hides_a_value(wash: Wash, rule: str, payload: bytes) -> None:
    """Escapes, bytes that are no UTF-8, expressions that begin before a number."""
    left = wash.raw(payload, rules=(rule,)).payload
    assert b"ecret" not in left
    assert b"4711" not in left


def test_the_depth_of_a_payload_costs_nothing(wash: Wash) -> None:
    """Paths do not grow for ever: what lies deeper than any rule says goes all the same."""
    deep = b'{"extra":' + b'{"a":' * 100_000 + b'{"b":"secret","note":1}' + b"}" * 100_001
    rules = ("filter /secret/ in extra.**", "remove anything in note")
    left = wash.raw(deep, rules=rules).payload
    assert b"secret" not in left
    assert b'"note":null' in left
    named = b'{"extra":{"' + b"x" * 400_000 + b'":[' + b'"secret",' * 20_000 + b"1]}}"
    assert b"secret" not in wash.raw(named, rules=rules).payload


def test_many_rules_are_not_each_asked_of_each_value(
    wash: Wash, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place that none is about is told by one look."""
    asked, holds = [], SafePaths.holds_steps
    monkeypatch.setattr(
        SafePaths, "holds_steps", lambda paths, steps: asked.append(steps) or holds(paths, steps)
    )
    rules = tuple(f"remove /^x{number}$/ in extra.a{number}.*" for number in range(150))
    payload = json.dumps({"extra": ["v"] * 1000}).encode()
    assert wash.raw(payload, rules=rules).payload == payload
    assert len(asked) <= 1000


def test_what_large_expressions_would_take_too_long_for_goes_whole(wash: Wash) -> None:
    """Small ones look at a text of any length."""
    payload = json.dumps({"extra": {"a": "ab" * 100_000 + "c"}}).encode()
    large = tuple(f"remove /[ab]{{1,{number}}}c/" for number in range(100, 200))
    assert [one.rule for one in wash.raw(payload, rules=large).remarks] == ["!limit"]
    small = tuple(f"remove /b{number}c|abc/" for number in range(100))
    assert wash(json.loads(payload), rules=small)["extra"]["a"] == "ab" * 99_999


def test_numbers_are_read_as_texts(wash: Wash) -> None:
    """A card number is one without quotes, too."""
    kept = wash(
        {"extra": {"id": 4111111111111111, "b": 12}}, defaults=False, rules=("mask creditcard",)
    )
    assert kept["extra"] == {"id": None, "b": 12}


def test_nothing_is_done_while_scrubbing_is_off(wash: Wash) -> None:
    """As with sensitive fields."""
    assert wash(SENT, enabled=False, rules=("mask email",)) == SENT


def test_the_log_says_which_rule_did_what(wash: Wash) -> None:
    """Also of the built-in rules, whose places move."""
    sent = {"extra": {"a": "mail ann@example.com", "password": "x", "z": {"password": "y"}}}
    rules = ("mask email", "remove anything in extra.z")
    found = wash.raw(json.dumps(sent).encode(), rules=rules)
    said = {
        (found.payload[one.start : one.end].decode(), one.rule, one.kind)
        for one in decode_remarks(encode_remarks(found.remarks))
    }
    assert said == {
        ('"mail ***************"', "mask email", Kind.MASKED),
        ('"[Filtered]"', "@password:filter", Kind.SUBSTITUTED),
        ("null", "remove anything in extra.z", Kind.REMOVED),
    }


def test_a_text_that_costs_too_much_goes_whole(wash: Wash) -> None:
    """The bound is that of the built-in rules."""
    found = wash.raw(json.dumps({"extra": {"a": "x" * 1_000_000}}).encode(), rules=("mask /x/",))
    assert json.loads(found.payload)["extra"]["a"] == "[Filtered]"
    assert [one.rule for one in found.remarks] == ["!limit"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "write it as"),
        ("mask", "write it as"),
        ("blur email", "is none of replace"),
        ("mask mail", "is none of anything, bearer"),
        ("mask anything", "needs to be said where"),
        ("mask anything in **", "needs to be said where"),
        ("mask /(/", "is no expression"),
        ("mask /x*/", "every text"),
        ("mask //", "every text"),
        (r"mask /[\pL]{1,100}/", "is too large"),
        ("mask email in (a && ", "is no place"),
        ("mask email in " + "x" * 500, "at most"),
    ],
)
def test_a_line_that_is_no_rule_is_told_why(line: str, words: str) -> None:
    """In words beside its field."""
    assert words in problem_of(line)


def test_a_stored_line_that_is_no_rule_any_more_stops_nothing(
    wash: Wash, caplog: pytest.LogCaptureFixture
) -> None:
    """The others count, and it is told."""
    assert wash(SENT, rules=("blur email", "mask email"))["user"]["email"] == "*" * 15
    assert "blur email" in caplog.text


_LINES = [
    "mask email",
    "replace ip",
    "remove /a+b/",
    'mask /".*"/',
    "hash /^x/",
    "filter /é|\\n/",
    "mask userpath",
    "remove anything in note",
    "mask anything in $user",
    "mask anything in extra.'a b'",
    "replace /[0-9]{3}/ in extra.**",
    "mask password",
    "remove anything in user.email",
    r"filter /\D*12\d+\D*/",
]
_TEXTS = st.lists(
    st.sampled_from(
        [
            "ann@example.com",
            "a",
            "b",
            '"',
            "\\",
            "\n",
            "é",
            "x",
            "1234",
            "/home/ann/",
            "1.2.3.4",
            " ",
        ]
    ),
    max_size=6,
).map("".join)
_NAMES = st.sampled_from(["note", "a b", "user", "extra", "email", "x/y", "message", "é", 'q"'])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**9) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES, inner, max_size=4)
        | st.lists(st.tuples(_NAMES, inner), max_size=2)
        | st.lists(st.fixed_dictionaries({"key": _NAMES, "value": inner}), max_size=2)
        | st.dictionaries(_NAMES, inner, max_size=2).map(json.dumps)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=600)
@given(
    st.dictionaries(_NAMES, _VALUES, max_size=4),
    st.lists(st.sampled_from(_LINES), min_size=1, max_size=3, unique=True),
    st.booleans(),
    st.sampled_from([None, 1]),
)
def test_a_look_at_what_is_hinted_finds_what_a_look_at_all_does(
    sent: dict[str, Any], lines: list[str], is_ascii: bool, indent: int | None
) -> None:
    """The hints are a short cut, and never a gap."""
    wanted = ScrubSettings(rules=tuple(lines))
    rules, thorough = OwnRules(wanted, Names(wanted)), OwnRules(wanted, Names(wanted))
    payload = json.dumps(sent, ensure_ascii=is_ascii, indent=indent).encode()
    quick = rules.scrub(Scrubbed(payload))
    thorough._hints = Hints([read_rule("mask /^never$/")])  # noqa: SLF001 - sees everything
    assert quick == thorough.scrub(Scrubbed(payload))
    assert json.loads(quick.payload).keys() == sent.keys()


@settings(deadline=None, max_examples=600)
@given(
    st.dictionaries(_NAMES, _VALUES, max_size=4),
    st.lists(st.sampled_from(_LINES), min_size=1, max_size=3, unique=True),
)
def test_what_was_scrubbed_once_is_scrubbed(sent: dict[str, Any], lines: list[str]) -> None:
    """It is JSON still, and its remarks stand at values."""
    scrubber = Scrubber(ScrubSettings(rules=tuple(lines)))
    found = scrubber.scrub(json.dumps({"extra": sent}).encode())
    json.loads(found.payload)
    for one in found.remarks:
        json.loads(found.payload[one.start : one.end])


def test_every_type_and_method_can_be_written() -> None:
    """As the documents list them."""
    for method in METHODS:
        for what in TYPES:
            assert problem_of(f"{method} {what} in extra.**") == ""
