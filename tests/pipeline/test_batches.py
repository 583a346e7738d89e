"""What a batch holds is bounded, and what it holds is scrubbed."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.pipeline.pipe import FAR, Pipe, event
from vedette import clock
from vedette.items import Row
from vedette.items._feedback import FEEDBACK
from vedette.items._kept import KEPT_ITEMS
from vedette.items.event import ERRORS
from vedette.pipeline.batch import Batch
from vedette.pipeline.run import BATCH_BYTES
from vedette.pipeline.scrub import Scrubber
from vedette.pipeline.scrub.remarks import Scrubbed
from vedette.spans.rows import SPANS
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.writers import SpoolWriters
from vedette.store.table import Rows
from vedette.wire.envelope import build_envelope

CARD = "4111 1111 1111 1111"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def test_a_batch_is_bounded_by_what_it_inflates_to(pipe: Pipe) -> None:
    """Small on the wire, large in memory: such records are taken few at a time."""
    large = json.dumps({"message": "lamp fell", "extra": {"text": "ab " * 280_000}}).encode()
    envelope = build_envelope({"event_id": "a" * 32}, [({"type": "event"}, large)])
    assert len(envelope) > 800_000
    pipe.spool(*[envelope.replace(b"a" * 32, f"{number:032x}".encode()) for number in range(60)])
    held: list[float] = []
    real = pipe.owner.commit

    def watch(handover: object) -> None:
        columns = handover.tables["errors"]  # type: ignore[attr-defined]
        held.append(sum(len(body or b"") for body in columns["body"]))
        real(handover)  # type: ignore[arg-type]

    pipe.digester._owner.commit = watch  # type: ignore[method-assign]
    pipe.work()
    assert len(pipe.ids()) == 60
    assert len(held) > 1
    assert max(held) < BATCH_BYTES


def test_a_flood_of_one_replay_holds_up_no_error(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digester takes it and the rest in turns, and few at a time of what takes long."""
    monkeypatch.setattr("vedette.pipeline.run.BATCH_SECONDS", 0.0)
    recordings = [
        build_envelope(
            {"event_id": "a" * 32},
            [({"type": "replay_recording"}, b'{"segment_id":%d}\n[]' % number)],
        )
        for number in range(50)
    ]
    error = ({"type": "event"}, json.dumps({"message": "lamp fell"}).encode())

    async def fill() -> None:
        bells = [pipe.folder / "bell"]
        door = SpoolWriters.of_door(pipe.folder / "spool", bells, segment_bytes=1 << 20)
        door.start(asyncio.get_running_loop())
        meta = encode_meta(Meta(1, clock.timestamp()))
        for recording in recordings:
            await door.append(meta, recording, tie="a" * 32)
        await door.append(meta, build_envelope({"event_id": "b" * 32}, [error]))
        await door.stop()

    asyncio.run(fill())
    pipe.digester.work_once()
    assert pipe.count("errors") == 1
    assert pipe.outcomes()["replay", "accepted"] < 50
    pipe.work()
    assert pipe.outcomes()["replay", "accepted"] == 50


def test_a_recording_of_too_many_values_is_not_looked_through(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some kilobytes on the wire, and a minute of looking for secrets that nobody would read."""
    looked: list[int] = []
    real = Scrubber.scrub

    def watch(scrubber: Scrubber, payload: bytes, *rest: Any, **named: Any) -> Scrubbed:
        looked.append(len(payload))
        return real(scrubber, payload, *rest, **named)

    monkeypatch.setattr(Scrubber, "scrub", watch)
    packed = zlib.compress(b"[" + b"{}," * 1_600_000 + b"{}]")
    recording = ({"type": "replay_recording"}, b'{"segment_id":0}\n' + packed)
    pipe.spool(build_envelope({"event_id": "a" * 32}, [recording]))
    pipe.work()
    assert pipe.outcomes() == {("replay", "invalid"): 1}
    assert looked == []


def test_a_large_body_lies_in_a_blob(pipe: Pipe) -> None:
    """The day file holds what is searched; the row names the rest."""
    import secrets

    text = secrets.token_hex(30_000)
    pipe.spool(event("b" * 32, extra={"text": text}))
    pipe.work()
    (row,) = pipe.rows("errors", "body", "body_blob")
    assert row["body"] is None
    stored = pipe.digester._blobs.get(str(row["body_blob"]))
    assert stored is not None
    codec = pipe.digester.processor.context.codec
    assert json.loads(codec.restore(stored))["extra"]["text"] == text


def test_a_user_report_is_scrubbed_before_it_is_read(pipe: Pipe) -> None:
    """A card number, a password and a token do not reach the store."""
    report = {"event_id": "c" * 32, "comments": f"card {CARD} password=hunter2 {JWT}"}
    pipe.spool(
        build_envelope(
            {"event_id": "c" * 32}, [({"type": "user_report"}, json.dumps(report).encode())]
        )
    )
    pipe.work()
    (row,) = pipe.rows(FEEDBACK.name, "comments")
    for secret in (CARD, "hunter2", JWT):
        assert secret not in str(row["comments"])
    assert "card" in str(row["comments"])


def test_a_binary_opentelemetry_export_is_read_and_scrubbed(pipe: Pipe) -> None:
    """Its ids are in hex, its texts without secrets, and its spans are counted."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
    )

    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id, span.name = bytes(range(16)), bytes(range(8)), "GET /"
    span.start_time_unix_nano, span.end_time_unix_nano = 10**18, 10**18 + 10**6
    attribute = span.attributes.add()
    attribute.key = "http.url"
    attribute.value.string_value = "https://shop.example/?token=abcdefghijkl"
    header: dict[str, object] = {
        "type": "otlp_traces",
        "content_type": "application/x-protobuf",
    }
    pipe.spool(build_envelope({}, [(header, request.SerializeToString())]))
    pipe.spool(build_envelope({}, [(header, b"\xff\xff\xff")]))
    pipe.work()
    (row,) = pipe.rows(SPANS.name, "trace_id", "span_id", "transaction", "duration", "tags")
    assert row["trace_id"] == bytes(range(16)).hex()
    assert row["span_id"] == bytes(range(8)).hex()
    assert (row["transaction"], row["duration"]) == ("GET /", 1.0)
    assert "shop.example" in str(row["tags"])
    assert "abcdefghijkl" not in str(row["tags"])
    assert pipe.outcomes() == {("span", "accepted"): 1, ("span", "invalid"): 1}


def test_a_kept_item_keeps_what_cannot_be_had_again(pipe: Pipe) -> None:
    """Both headers with keys that nobody reads yet, and what the door knew of the request."""
    headers: dict[str, object] = {
        "event_id": "d" * 32,
        "sent_at": "2026-11-26T10:00:00Z",
        "trace": {"trace_id": "e" * 32, "sample_rate": "0.25"},
        "sdk": {"name": "sentry.javascript.browser", "version": "11.0.0"},
    }
    item: dict[str, object] = {"type": "profile", "sample_rates": [{"id": "x", "rate": 0.5}]}
    pipe.spool(build_envelope(headers, [(item, b'{"version":"1"}')]))
    pipe.work()
    (row,) = pipe.rows(KEPT_ITEMS.name, "envelope_header", "item_header", "body")
    assert json.loads(str(row["envelope_header"])) == headers
    assert json.loads(str(row["item_header"]))["sample_rates"] == item["sample_rates"]
    assert zstandard.decompress(row["body"]) == b'{"version":"1"}'  # type: ignore[arg-type]


def test_an_item_over_its_bound_is_dropped_with_a_reason(pipe: Pipe) -> None:
    """Every type has one, also where the door did not look."""
    pipe.spool(
        build_envelope(
            {"event_id": "f" * 32}, [({"type": "check_in"}, b'{"a":"' + b"x" * (1 << 20) + b'"}')]
        )
    )
    pipe.work()
    assert pipe.outcomes() == {("monitor", "invalid"): 1}
    assert pipe.rows(KEPT_ITEMS.name, "body") == []


def test_a_dead_record_is_sealed(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was never scrubbed: nothing of it can be read on disk, not even in the note."""
    from vedette.pipeline import run

    def fail(work: object, context: object) -> object:
        raise ValueError(f"cannot take {CARD}")

    monkeypatch.setattr(run, "STEPS", (fail,))
    pipe.digester.processor.timings.seconds["fail"] = 0.0
    pipe.spool(event(message=f"paid with {CARD}"))
    pipe.work()
    assert pipe.dead.count() == 1
    for path in (pipe.folder / "dead").iterdir():
        assert CARD.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    ((_, record),) = pipe.dead.records()
    assert CARD.encode() in record.body
    assert CARD in record.error
    assert pipe.dead.remove_before(0) == 0
    assert pipe.dead.remove_before(FAR) == 1
    assert pipe.dead.count() == 0


def test_what_is_made_to_keep_scrubbing_busy_is_counted_and_dropped(pipe: Pipe) -> None:
    """An event that cannot be cut ends with a reason; its neighbours are stored."""
    flood = {f"token{number}": "sesame" for number in range(30_000)}
    pipe.spool(event("a" * 32), event("b" * 32, **flood), event("c" * 32))
    pipe.work()
    assert pipe.ids() == ["a" * 32, "c" * 32]
    assert pipe.outcomes() == {("error", "accepted"): 2, ("error", "invalid"): 1}


def test_a_template_is_stored_filled_in(pipe: Pipe) -> None:
    """Its parameters came beside it: people find and read the sentence."""
    pipe.spool(event(message=None, logentry={"message": "log error %s", "params": [42]}))
    pipe.work()
    (row,) = pipe.rows("errors", "message", "value")
    assert row == {"message": "log error 42", "value": "log error 42"}


def test_a_column_that_no_row_has_is_not_handed_over() -> None:
    """Of a wide table most columns are empty: they come out as nulls all the same."""
    batch = Batch("web-0", 0)
    for title in (None, "lamp"):
        values = {"project_id": 1, "timestamp": 5} | ({"culprit": title} if title else {})
        batch.add_row(Row(ERRORS, values), 0)
    columns = batch.handover().tables["errors"]
    assert columns["culprit"] == [None, "lamp"]
    assert "release" not in columns
    rows = Rows(ERRORS, columns)
    assert (len(rows), rows.columns["release"]) == (2, [None, None])
