"""A bad field becomes null with a remark, and the event lives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.wire.event import decode_event
from vedette.wire.normalise import MAX_FRAMES, normalise
from vedette.wire.scalars import parse_level, parse_timestamp

FIELDS = [
    "event_id", "type", "timestamp", "platform", "level", "logger", "transaction", "release",
    "dist", "environment", "fingerprint", "message", "logentry", "exception", "stacktrace",
    "threads", "breadcrumbs", "tags", "user", "request", "contexts", "sdk", "modules", "extra",
    "debug_meta", "server_name", "culprit",
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def dumps(event: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(event)
    except TypeError:
        return json.dumps(event).encode()


@pytest.mark.parametrize(
    "value",
    [1, 1.5, True, "x", [], {}, [1], [[1]], {"a": 1}, {"values": 3}, {"values": [3, None]},
     [None], {"frames": 4}, {"frames": [3, None]}, 2**70, float("nan"), "\ud83d", "a\0b"],
)  # fmt: skip
def test_every_field_of_the_wrong_type_leaves_a_decodable_event(value: object) -> None:
    """The strict decoder takes whatever normalising gives."""
    event, _ = normalise(dict.fromkeys(FIELDS, value))
    decode_event(dumps(event))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_any_json_normalises_into_a_decodable_event(event: dict[str, Any]) -> None:
    """Whatever an SDK bug may produce."""
    clean, _ = normalise(event)
    decode_event(dumps(clean))


def test_a_bad_field_is_named_in_meta() -> None:
    """The remark stands at the field's path with the reason."""
    event, meta = normalise({"level": [], "user": {"email": {}}, "message": "kept"})
    assert event == {"level": None, "user": {"email": None}, "message": "kept"}
    assert meta["level"][""]["err"][0][0] == "invalid_data"
    assert meta["user"]["email"][""]["err"][0][1] == {"reason": "expected a string"}


@pytest.mark.parametrize("wrap", [lambda v: {"values": v}, lambda v: v])
def test_wrapped_and_bare_lists_are_the_same(wrap: Any) -> None:
    """Python wraps breadcrumbs, JavaScript sends a bare list."""
    event, _ = normalise({"breadcrumbs": wrap([{"message": "one"}])})
    assert event["breadcrumbs"] == {"values": [{"message": "one"}]}


def test_a_bare_exception_object_is_one_exception() -> None:
    """Old clients send it without a list."""
    event, _ = normalise({"exception": {"type": "KeyError", "value": "k"}})
    assert event["exception"]["values"][0]["type"] == "KeyError"


def test_tags_come_in_three_shapes() -> None:
    """Object, pairs, key-value objects; values become texts, floats whole numbers, null nothing."""
    for tags in (
        {"a": 1, "b": True, "c": 2.9, "d": None},
        [["a", 1], ["b", True], ["c", 2.9], ["d", None]],
        [{"key": "a", "value": 1}, {"key": "b", "value": True}, {"key": "c", "value": 2.9}],
    ):
        event, _ = normalise({"tags": tags})
        assert event["tags"] == [["a", "1"], ["b", "True"], ["c", "2"]]


def test_a_long_stack_loses_its_middle() -> None:
    """Oldest calls and the crash stay (SEC-16)."""
    frames = [{"function": f"f{number}"} for number in range(20_000)]
    event, meta = normalise({"stacktrace": {"frames": frames}})
    kept = event["stacktrace"]["frames"]
    assert len(kept) == MAX_FRAMES
    assert (kept[0]["function"], kept[-1]["function"]) == ("f0", "f19999")
    assert meta["stacktrace"]["frames"][""]["len"] == 20_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1.5, 1.5),
        ("1970-01-01T00:00:10Z", 10.0),
        ("1970-01-01T00:00:10", 10.0),
        ("1970-01-01T01:00:10.5+01:00", 10.5),
        ("10.5", 10.5),
        (1562770897893000, None),
        ("yesterday", None),
        (True, None),
        (float("inf"), None),
        (-5, None),
        ([], None),
    ],
)
def test_timestamps_are_read_in_every_form(value: object, seconds: float | None) -> None:
    """Numbers and ISO texts; what makes no sense is None."""
    assert parse_timestamp(value) == seconds


def test_levels_are_words_or_numbers() -> None:
    """Python's numbers and both dialects' words."""
    words = ["debug", "log", "warn", "critical", 40, "loud", None, True]
    got = [parse_level(word) for word in words]
    assert got == ["debug", "info", "warning", "fatal", "error", None, None, None]


def test_public_events_of_other_trackers_normalise(fixtures: Path) -> None:
    """190 events, every one decodable after normalising."""
    files = sorted((fixtures / "events").glob("*/*.json"))
    assert len(files) > 150
    for file in files:
        event, _ = normalise(json.loads(file.read_text()))
        decode_event(dumps(event))
