"""The envelope grammar, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.wire.envelope import (
    MAX_ITEMS,
    MalformedEnvelope,
    build_envelope,
    clean_event_id,
    read_headers,
    walk_items,
)


def split(body: bytes) -> list[tuple[str, bytes]]:
    _, offset = read_headers(body)
    return [(item.header.type, item.payload(body)) for item in walk_items(body, offset)]


def test_an_item_without_length_ends_at_the_newline_or_the_end() -> None:
    """JavaScript SDKs send no length and no last newline."""
    assert split(b'{}\n{"type":"a"}\none\n{"type":"b"}\ntwo') == [("a", b"one"), ("b", b"two")]


def test_a_payload_with_length_may_hold_newlines_and_binary() -> None:
    """Bytes inside the length are never looked at."""
    body = b'{}\n{"type":"attachment","length":7}\na\r\n\n\xff{"\n{"type":"b"}\nx'
    assert split(body) == [("attachment", b'a\r\n\n\xff{"'), ("b", b"x")]


@pytest.mark.parametrize("tail", [b"", b"\n", b"\n\n", b"\n \n"])
def test_two_empty_attachments_parse_with_any_end(tail: bytes) -> None:
    """The specification's vectors, with and without the last newline."""
    empty = b'{"type":"attachment","length":0}\n\n'
    body = b"{}\n" + empty + b'{"type":"attachment","length":0}\n' + tail
    assert split(body) == [("attachment", b""), ("attachment", b"")]


def test_an_item_header_as_last_bytes_is_an_item_with_an_empty_payload() -> None:
    """A header may be followed by the end."""
    assert split(b'{}\n{"type":"event"}') == [("event", b"")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense\n",
        b"[]\n",
        b'{}\n{"length":3}\nabc',
        b'{}\n{"type":"event","length":30}\nabc',
        b'{}\n{"type":"event","length":-1}\nabc',
        b'{}\n{"type":"event","length":18446744073709551616}\nabc',
        b'{}\n{"type":"event","length":2}\nabc',
        b'{}\n{"type":"event","length":"3"}\nabc',
        b"{}\nno json\nabc",
        b"{}\n" + b'{"type":"x"}\n\n' * (MAX_ITEMS + 1),
    ],
)
def test_broken_grammar_is_refused_in_words(body: bytes) -> None:
    """Lengths that do not add up, missing types and no JSON are the sender's error."""
    with pytest.raises(MalformedEnvelope, match=r"\w+"):
        split(body)


def test_ill_typed_headers_are_ignored() -> None:
    """A bad optional header costs nothing."""
    headers, _ = read_headers(b'{"event_id":7,"dsn":null,"sent_at":{},"other":[1]}\n')
    assert (headers.event_id, headers.dsn, headers.sent_at) == (None, None, None)
    assert split(b'{}\n{"type":"a","filename":5,"item_count":"x"}\nz') == [("a", b"z")]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("A" * 32, "a" * 32),
        ("12345678-1234-1234-1234-123456789ABC", "12345678123412341234123456789abc"),
        ("0" * 32, None),
        ("../../tmp/pwn", None),
        ("/etc/passwd", None),
        ("a" * 31 + "\x00", None),
        ("a" * 5000, None),
        ("١" * 32, None),
        (42, None),
        (None, None),
    ],
)
def test_only_32_hex_digits_are_an_event_id(text: object, clean: str | None) -> None:
    """Anything else is replaced, and never reaches a path (SEC-21)."""
    assert clean_event_id(text) == clean


@given(
    st.lists(
        st.tuples(st.sampled_from(["event", "attachment", "new_kind"]), st.binary()), max_size=8
    )
)
def test_what_is_built_is_read_back(items: list[tuple[str, bytes]]) -> None:
    """Building and walking are inverse for any bytes."""
    assert split(build_envelope({}, [({"type": kind}, data) for kind, data in items])) == items


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused(body: bytes) -> None:
    """No input raises anything but MalformedEnvelope."""
    try:
        split(b"{}\n" + body)
    except MalformedEnvelope:
        pass


def test_every_captured_envelope_parses_into_the_items_it_was_sent_with(fixtures: Path) -> None:
    """286 bodies of real SDKs: same item types, same lengths."""
    checked = 0
    for line in (fixtures / "captures" / "index.jsonl").read_text().splitlines():
        capture = json.loads(line)
        if not str(capture.get("file", "")).endswith(".envelope"):
            continue
        body = (fixtures / "captures" / capture["file"]).read_bytes()
        got = split(body)
        wanted = [item["type"] for item in capture["items"]]
        assert [kind for kind, _ in got] == wanted, capture["file"]
        for (_, payload), item in zip(got, capture["items"], strict=True):
            assert len(payload) == item.get("_len", len(payload)), capture["file"]
        checked += 1
    assert checked > 150
