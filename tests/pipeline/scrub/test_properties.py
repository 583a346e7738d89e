"""Promises for every payload, tried on random ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.scrub.conftest import build
from vedette.pipeline.scrub import Scrubbed, ScrubSettings, meta
from vedette.pipeline.scrub.engine import ENGINES

EVERYTHING = ScrubSettings(
    ip_addresses=True, emails=True, sensitive_fields=("mysekret",), safe_fields=("safe_token",)
)
LITERALS = (None, True, False, "", "null", "undefined", "true", "false", "[Filtered]")
_NAMES = (
    "password token author auth a b cookie cookies session data vars values frames headers extra"
    " request contexts exception breadcrumbs message user spans items attributes value type"
    ' query_string ip_address mysekret safe_token version api_key n\u00e4me quo"te'
)
NAMES = st.sampled_from(_NAMES.split())
SNIPPETS = st.sampled_from(
    [
        *("4111-1111-1111-1111", "378282246310005", "078-05-1120", "DE89370400440532013000"),
        *("pg://u:p@h", "Bearer abc", "eyJhbGciOiJ.eyJzdWIi.c2ln", "alice@example.com"),
        *("127.0.0.1", "2001:db8::1", "token=abc", "password", "author", "mysekret", "a=b&c=d"),
        *('{"token": "x"}', '{"a": [1, {"password": 2}]}', "session=a; b=c", "-----BEGIN X"),
        *("-----BEGIN RSA PRIVATE KEY-----", "\\", '"', "\n", " ", "[", "]", "{", "}", ":", ","),
        *("\u00e9", "\ud800", "\U0001f600", "[Filtered]", "[ip]", "\u0000"),
    ]
)
STRINGS = st.lists(SNIPPETS, max_size=4).map("".join) | st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | STRINGS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | STRINGS, inner, max_size=4)
        | st.lists(st.tuples(NAMES, inner).map(list), max_size=3)
    ),
    max_leaves=12,
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=5)
ENCODERS: st.SearchStrategy[Callable[[object], bytes]] = st.sampled_from(
    [
        lambda value: json.dumps(value).encode(),
        lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"),
        lambda value: json.dumps(value, indent=1).encode(),
        lambda value: json.dumps(value, separators=(",", ":")).replace("a", "\\u0061").encode(),
    ]
)

many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def scrubbed(payload: bytes) -> Scrubbed:
    """The payload scrubbed of everything, by both engines alike."""
    results = [build(name, EVERYTHING).scrub(payload) for name in ENGINES]
    assert results[1:] == results[:-1]
    return results[0]


@many
@given(EVENTS | VALUES, ENCODERS)
def test_json_stays_json_and_twice_is_once(
    value: object, encode: Callable[[object], bytes]
) -> None:
    """What comes out is JSON of the same shape, and a second run has nothing left to do."""
    payload = encode(value)
    try:
        before = json.loads(payload)
    except ValueError:
        return
    done = scrubbed(payload)
    after = json.loads(done.payload)
    assert _same_shape(before, after)
    assert scrubbed(done.payload).payload == done.payload


@many
@given(VALUES, ENCODERS)
def test_no_sensitive_name_keeps_its_value(
    value: object, encode: Callable[[object], bytes]
) -> None:
    """Under a listed name there is a placeholder, null, or a literal that says nothing."""
    try:
        done = json.loads(scrubbed(encode({"extra": value})).payload)
    except ValueError:
        return
    for name, member in _members(done["extra"]):
        if any(word in name for word in ("password", "api_key", "mysekret")):
            assert member in LITERALS or member is None


@many
@given(EVENTS)
def test_every_remark_is_found_in_meta(value: object) -> None:
    """Each remark leads to a value of the payload and is told in `_meta`."""
    if any(name == "" for name, _ in _members(value)):
        return  # `_meta` gives the empty name to a value's own entry
    done = scrubbed(json.dumps(value).encode())
    tree = meta(done.payload, done.remarks)
    assert sum(len(entry["rem"]) for entry in _entries(tree)) == len(done.remarks)
    for remark in done.remarks:
        assert json.loads(done.payload[remark.start : remark.end]) is None or (
            remark.original_length is not None
        )


def _same_shape(before: Any, after: Any) -> bool:
    if after is None or isinstance(before, str):
        return after is None or isinstance(after, str)
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(
            _same_shape(before[name], after[name]) for name in before
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same_shape, before, after))
    return bool(before == after)


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    inner = value.values() if isinstance(value, dict) else value
    for member in inner if isinstance(value, dict | list) else ():
        yield from _members(member)


def _entries(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for step, node in tree.items():
        if step == "":
            yield node
        else:
            yield from _entries(node)
