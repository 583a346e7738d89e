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
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
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
