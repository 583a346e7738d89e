"""Long numbers that stand alone in a string: those that are no secret cost no look."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.scrub.conftest import build
from tests.pipeline.scrub.test_properties import ENCODERS, EVERYTHING, NAMES, STRINGS, many
from vedette.pipeline.scrub import Scrubber, ScrubSettings
from vedette.pipeline.scrub.engine import ENGINES
from vedette.pipeline.scrub.numbers import Numbers

THREAD = "140077401865088"
CARD = "378282246310005"  # of fifteen digits, as the thread's number
NUMBERS = st.sampled_from([THREAD, CARD, "4111111111111111", "123456789012", "3" * 20, "4" * 21])
VALUES = st.recursive(
    NUMBERS | STRINGS | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | NUMBERS, inner, max_size=4)
        | st.lists(st.tuples(NAMES | NUMBERS, inner).map(list), max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"thread.id": THREAD}, {"thread.id": THREAD}),
        ({"thread.id": CARD}, {"thread.id": "[Filtered]"}),
        ({"password": THREAD}, {"password": "[Filtered]"}),
        ({"argv": ["--password", THREAD]}, {"argv": ["--password", "[Filtered]"]}),
        ({"argv": ["password:", THREAD]}, {"argv": ["password:", "[Filtered]"]}),
        ({"headers": [["password", THREAD]]}, {"headers": [["password", "[Filtered]"]]}),
        (
            {"attributes": [{"key": "password", "value": {"stringValue": THREAD}}]},
            {"attributes": [{"key": "password", "value": {"stringValue": "[Filtered]"}}]},
        ),
    ],
)
def test_what_a_number_is_decides_with_where_it_stands(
    engine: str, value: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """The number of a thread stays, but for where a name calls it a secret; a card never does."""
    scrubbed = build(engine, ScrubSettings()).scrub(json.dumps({"extra": value}).encode())
    assert json.loads(scrubbed.payload)["extra"] == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_that_a_project_names_is_a_secret(engine: str) -> None:
    """A field of one's own may be a number: as a name and in a text."""
    scrubber = build(engine, ScrubSettings(sensitive_fields=(THREAD,)))
    payload = json.dumps({"extra": {THREAD: "red", "other": THREAD}}).encode()
    assert json.loads(scrubber.scrub(payload).payload)["extra"] == {
        THREAD: "[Filtered]",
        "other": "[Filtered]",
    }


@cache
def _thorough(engine: str) -> Scrubber:
    """A scrubber that takes every number for one that may be a secret."""
    scrubber = build.__wrapped__(engine, EVERYTHING)
    scrubber._numbers = Numbers(lambda digits: True)
    return scrubber


@many
@given(st.dictionaries(NAMES, VALUES, max_size=5), ENCODERS)
def test_what_is_left_out_would_have_changed_nothing(value: object, encode: Any) -> None:
    """With every look taken, the payload comes out the same."""
    payload = encode(value)
    for engine in ENGINES:
        quick, thorough = build(engine, EVERYTHING), _thorough(engine)
        assert quick.scrub(payload).payload == thorough.scrub(payload).payload


BETWEEN = "\u00a0\u202f\u2009\u2003\u3000\u2011\u2013\u2212\uff0d\u200b\ufeff\t\n"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("between", BETWEEN, ids=ascii)
@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "3782 822463 10005"])
def test_a_card_is_one_with_whatever_stands_between_its_groups(
    engine: str, ascii_only: bool, between: str, number: str
) -> None:
    """Pages have spaces that do not break, and dashes of every width."""
    written = f"paid by {number.replace(' ', between)}."
    payload = json.dumps({"message": written}, ensure_ascii=ascii_only).encode()
    scrubbed = build(engine, ScrubSettings()).scrub(payload)
    assert json.loads(scrubbed.payload) == {"message": "paid by [creditcard]."}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_account_is_one_with_spaces_that_do_not_break(engine: str, ascii_only: bool) -> None:
    """As banks write it on their pages."""
    written = "DE89 3704 0044 0532 0130 00".replace(" ", "\u00a0")
    payload = json.dumps({"message": written}, ensure_ascii=ascii_only).encode()
    scrubbed = build(engine, ScrubSettings()).scrub(payload)
    assert json.loads(scrubbed.payload) == {"message": "[iban]"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"card": 4111111111111111}, {"card": None}),
        ({"cards": [378282246310005, 1]}, {"cards": [None, 1]}),
        ({"card": 4111111111111112}, {"card": 4111111111111112}),
        ({"card": 4111111111111111.5}, {"card": 4111111111111111.5}),
        ({"orderId": 4111111111111111}, {"orderId": 4111111111111111}),
        ({"order_id": 4111111111111111}, {"order_id": 4111111111111111}),
        ({"started_nano": 4111111111111111}, {"started_nano": 4111111111111111}),
        ({"paid": 4111111111111111}, {"paid": None}),
    ],
)
def test_a_card_without_quotes_goes(
    engine: str, value: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """Where its check digit is right, and its name is not that of an id or a moment."""
    scrubbed = build(engine, ScrubSettings()).scrub(json.dumps({"extra": value}).encode())
    assert json.loads(scrubbed.payload)["extra"] == wanted


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("between", ["\n", "\t", "\r\n"], ids=ascii)
def test_numbers_in_lines_and_columns_are_no_card(engine: str, between: str) -> None:
    """Unless all of them together have its check digit."""
    for numbers in ("4096 8192 1024 2048", "5120 1024 2048 4096", "4711 2024 1128 1500"):
        payload = json.dumps({"message": numbers.replace(" ", between)}).encode()
        assert build(engine, ScrubSettings()).scrub(payload).payload == payload
    grouped = json.dumps({"message": "4111 1111 1111 1112"}).encode()
    assert b"[creditcard]" in build(engine, ScrubSettings()).scrub(grouped).payload
