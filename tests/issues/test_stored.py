"""Whatever the door accepts as an event is stored as valid JSON and can be shown."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.doorway import doorway
from vedette.issues.models import Issue
from vedette.issues.shapes import StoredEvent
from vedette.issues.stored import read_payload
from vedette.pipeline.context import Context
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.run import Processor, _split
from vedette.pipeline.settings import ProjectSettings, Settings
from vedette.projects.models import Project
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.segment import Record
from vedette.web.api.event_shapes import event_shape
from vedette.wire.envelope import build_envelope

EVENT_ID = "c" * 32
SECRET = b'"password":"hunter2"'
Row = dict[str, Any]


def digest(payload: bytes, **header: Any) -> Row | None:
    """The row of an event, as the pipeline makes it; None if it was dropped."""
    context = Context(
        lambda version: None if version else Settings("1", {42: ProjectSettings()}),
        max_event_bytes=1 << 20,
    )
    context.refresh()
    processor = Processor(context, lambda _data: "")
    meta = Meta(42, time.time(), event_id=EVENT_ID)
    envelope = build_envelope({"event_id": EVENT_ID, **header}, [({"type": "event"}, payload)])
    (item,) = _split(Record(0, 1, encode_meta(meta), envelope), meta)
    work = processor._steps(item)
    if work.dropped is not None:
        return None
    values = work.effects.rows[0].values
    (blob,) = work.effects.blobs or [None]
    return {"body_blob": None, "body": blob.data if blob else values.get("body"), **values}


def shown(row: Row) -> tuple[Row, Row]:
    """The event as a page reads it and as the API answers it."""
    payload = read_payload({**row, "tags": dict(row["tags"])})
    now = datetime.now(UTC)
    event = StoredEvent(
        project=Project(pk=42),
        event_id=EVENT_ID,
        group_id=row["group_id"],
        timestamp=now,
        received=now,
        payload=payload,
        size_bytes=row["size_bytes"],
        attachments=[],
        reports=[],
    )
    answer = json.dumps(event_shape(event, Issue(pk=7)), allow_nan=False).encode()
    return payload, json.loads(answer)


def stored(row: Row) -> Any:
    """What lies in the store, read by the strictest rules."""
    text = PayloadCodec().restore(row["body"]).decode()
    return msgspec.json.decode(text)


ODD: dict[str, bytes] = {
    "bytes that are no UTF-8": b'"\xff\xfe"',
    "an encoded surrogate": b'"\xed\xa0\x80"',
    "a lone surrogate": rb'"\ud800"',
    "NUL": rb'"a\u0000b"',
    "NaN": b"NaN",
    "infinity": b"-Infinity",
    "a number out of range": b"1e309",
    "309 digits": b"1" * 309,
    "400 digits": b"1" * 400,
    "5000 digits": b"1" * 5000,
    "more than 64 bits": b"123456789012345678901234567890",
    "equal names": b'{"a":1,"a":2}',
    "a deep nest": b"[" * 10_000 + b"]" * 10_000,
    "a deep nest of objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a nest that only some parsers read": b"[" * 990 + b"]" * 990,
    "an exponent of twelve digits": b"-1e999999999999",
    "an exponent below every number": b"1e-999999999999",
    "100,000 decimals": b"0." + b"3" * 100_000,
    "minus zero": b"-0",
    "a name that is a lone surrogate": rb'{"\ud800":1,"\udfff":{"\ud800":"x"}}',
    "a name of NUL": rb'{"\u0000":1,"":2,"__proto__":3}',
    "a name of 70,000 letters": b'{"%b":1}' % (b"n" * 70_000),
    "names that differ in their spelling": rb'{"a":1,"\u0061":2,"a":3}',
}
PLACES = (
    b'{%b,"extra":{"a":%b}}',
    b'{"extra":{%b},"message":%b}',
    b'{"extra":{%b},"user":{"id":%b}}',
    b'{%b,"timestamp":%b}',
    b'{%b,"tags":{"a":%b}}',
    b'{%b,"level":%b}',
    b'{%b,"_meta":%b}',
    b'{%b,"fingerprint":[%b]}',
    b'{%b,"contexts":{"trace":%b}}',
    b'{%b,"request":{"headers":{"User-Agent":%b}}}',
    b'{%b,"stacktrace":{"frames":[{"function":"f","context_line":"x","lineno":%b}]}}',
    b'{%b,"breadcrumbs":[{"message":%b}]}',
    b'{%b,"measurements":%b}',
    b'{%b,"logentry":{"message":"pin=%%s b=%%d","params":[%b,7]}}',
    b'{%b,"logentry":{"params":%b,"message":"pin=%%(a)s"}}',
    b'{%b,"spans":[{"data":{"a":%b},"description":"x"}]}',
    b'{%b,"debug_meta":{"images":[%b]}}',
    b'{%b,"user":%b}',
    b'{%b,"exception":[{"type":"E","value":%b}]}',
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ODD)
def test_an_odd_value_beside_a_secret_can_be_shown(kind: str, place: bytes) -> None:
    """The event lives, the secret is gone, and page and API can show the rest."""
    row = digest(place % (SECRET, ODD[kind]))
    assert row is not None
    tree = stored(row)
    assert isinstance(tree, dict)
    payload, answer = shown(row)
    assert "hunter2" not in json.dumps(answer)
    assert "password" in json.dumps(payload["_meta"])


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("bytes that are no UTF-8", "\ufffd\ufffd"),
        ("a lone surrogate", "\ufffd"),
        ("NaN", "NaN"),
        ("infinity", "-Infinity"),
        ("a number out of range", "1e309"),
        ("400 digits", "1" * 400),
    ],
)
def test_what_had_to_be_changed_is_said(kind: str, kept: str) -> None:
    """A number that no reader can hold becomes text; the remark stands at its place."""
    row = digest(b'{"extra":{"a":%b,"b":[%b]},"message":"m"}' % (ODD[kind], ODD[kind]))
    assert row is not None
    payload, _ = shown(row)
    assert payload["extra"] == {"a": kept, "b": [kept]}
    assert payload["message"] == "m"
    assert payload["_meta"]["extra"]["a"][""]["err"]
    assert payload["_meta"]["extra"]["b"]["0"][""]["err"]


def test_a_damaged_row_is_shown_as_damaged() -> None:
    """Remarks that belong to other bytes, or that are none, never take the page away."""
    row = digest(b'{"extra":{%b,"list":[1,2,{%b}]}}' % (SECRET, SECRET))
    assert row is not None
    body = PayloadCodec().compress
    damaged: list[Row] = [{"body": body(one)} for one in (b"", b"[]", b"{}", b'{"a":[', b"\xff")]
    damaged += [{"body": b"no zstd"}, {"body": None}, {"remarks": b"\xff\xff"}]
    remark = [900000, 10, 999, True, None, None]
    damaged += [{"remarks": msgspec.msgpack.encode([remark, [-5, 1, -7, False, None, [0, 1]]])}]
    for change in damaged:
        payload, _ = shown({**row, **change})
        assert payload["event_id"] == EVENT_ID


@pytest.mark.parametrize("meta", [b'{"extra":[1]}', b'{"":{"":1}}', b'{"extra":{"":{"rem":1}}}'])
def test_a_senders_odd_meta_can_be_shown(meta: bytes) -> None:
    """The remarks of the SDK may have any shape."""
    row = digest(b'{"extra":{%b},"_meta":%b}' % (SECRET, meta))
    assert row is not None
    shown(row)


PIECES = st.sampled_from(
    [
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b":",
            b",",
            b'"',
            b"\\",
            b"null",
            b"1e999",
            b"NaN",
            b"\xff",
            b" ",
        ),
        *(b'"extra":', b'"message":', b'"password":"x"', b'"tags":', b'{"a":1}', rb'"\udc00"'),
        *(b'"exception":', b'[{"type":"E"}]', b'"timestamp":', b'"user":', b'"_meta":', b"true"),
    ]
)
MEMBER = st.tuples(
    st.sampled_from(
        ["message", "extra", "tags", "user", "request", "contexts", "exception", "threads"]
        + ["breadcrumbs", "level", "timestamp", "fingerprint", "sdk", "logentry", "stacktrace"]
        + ["release", "platform", "modules", "debug_meta", "_meta", "spans"]
    ),
    st.sampled_from([value for value in ODD.values() if len(value) < 5000])
    | st.sampled_from([b'{"password":%b}', b'{"values":[%b]}', b"[[%b,1]]", b"{%b:1}"]).flatmap(
        lambda shape: st.sampled_from([shape % value for value in (b'"a"', b"1", b'"\xff"', b"[]")])
    ),
)
OBJECTS = st.lists(MEMBER, max_size=4).map(
    lambda members: b"{" + b",".join(b'"%b":%b' % (n.encode(), v) for n, v in members) + b"}"
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(OBJECTS | st.lists(PIECES, max_size=12).map(b"".join))
def test_whatever_the_door_accepts_can_be_shown(tmp_path: Path, sent: bytes) -> None:
    """The answer of the door decides: what it takes is counted as bad, or stored and shown."""
    with doorway(tmp_path / str(time.perf_counter_ns())) as door:
        body = build_envelope({"event_id": EVENT_ID}, [({"type": "event"}, sent)])
        if door.send(body=body).status != 200:
            return
        payloads = [payload for kind, payload in door.items() if kind == "event"]
    for payload in payloads:
        row = digest(payload)
        if row is not None:
            stored(row)
            shown(row)


@pytest.mark.parametrize("drift", [0, 2 * 3600, -2 * 3600, 400 * 86400])
def test_a_trail_moves_with_its_event(drift: int) -> None:
    """A sender's clock is wrong by as much for what happened before the error."""
    at = time.time() - 100
    sent = at + drift
    body = {
        "timestamp": sent,
        "breadcrumbs": [
            {"message": "first", "timestamp": sent - 5},
            {"message": "second", "timestamp": datetime.fromtimestamp(sent - 2, UTC).isoformat()},
            {"message": "timeless"},
        ],
    }
    row = digest(
        json.dumps(body).encode(),
        sent_at=datetime.fromtimestamp(sent + 100, UTC).isoformat(),
    )
    assert row is not None
    payload, answer = shown(row)
    crumbs = payload["breadcrumbs"]["values"]
    happened = row["timestamp"] / 1e6
    assert happened == pytest.approx(at, abs=1)
    assert [happened - crumb["timestamp"] for crumb in crumbs[:2]] == pytest.approx([5, 2], abs=1)
    assert crumbs[2].get("timestamp") is None
    assert ("timestamp" in payload["_meta"]) is (drift != 0)
    entries = {entry["type"]: entry["data"] for entry in answer["entries"]}
    assert entries["breadcrumbs"]["values"][0]["timestamp"] == crumbs[0]["timestamp"]


@pytest.mark.parametrize("held", [5, None, "x", [1], {"": 7}, {"": None}, {"": []}, {"a": 1}])
def test_a_trail_moves_whatever_meta_was_sent(held: Any) -> None:
    """The sender writes `_meta` too; the event stays readable."""
    body = {"message": "boom", "timestamp": time.time() + 3600, "_meta": {"timestamp": held}}
    row = digest(json.dumps(body).encode())
    assert row is not None
    payload, _ = shown(row)
    assert payload["_meta"]["timestamp"][""]["err"] == ["clock_drift"]


def test_the_title_in_the_api_is_the_events_own() -> None:
    """That of its issue may be of a later one."""
    row = digest(b'{"exception": {"values": [{"type": "KeyError", "value": "sku"}]}}')
    assert row is not None
    assert shown(row)[1]["title"] == "KeyError: sku"
