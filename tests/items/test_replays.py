"""Segments of replays, from what clients send to rows: once, in any order, without secrets."""

from __future__ import annotations

import itertools
import json
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.pipeline.pipe import FAR, Pipe
from vedette.blobs import BlobFolder
from vedette.items._bounds import MOST_VALUES
from vedette.pipeline.payload import PayloadCodec
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope

CARD = "4111 1111 1111 1111"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"  # noqa: S105 - of nobody
NAMES = (
    *("replay_id", "segment_id", "part", "clicks", "events", "marks", "video_blob", "timestamp"),
    *("user_email", "urls", "error_ids", "errors", "body", "body_blob", "has_snapshot"),
)
Part = tuple[dict[str, object], bytes]


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def about(replay_id: str, segment: int = 0, **more: Any) -> Part:
    """The event of a segment."""
    now = time.time()
    event = {
        "type": "replay_event",
        "replay_id": replay_id,
        "segment_id": segment,
        "replay_start_timestamp": now - 5,
        "timestamp": now,
        **more,
    }
    return {"type": "replay_event"}, json.dumps(event).encode()


def recording(segment: int = 0, *events: Any) -> Part:
    """The recording of a segment, packed."""
    body = zlib.compress(json.dumps(events or (click(),)).encode())
    return {"type": "replay_recording"}, b'{"segment_id":%d}\n' % segment + body


def click(message: str = "body > button") -> dict[str, Any]:
    """A click."""
    now = time.time()
    payload = {"category": "ui.click", "timestamp": now, "message": message}
    data = {"tag": "breadcrumb", "payload": payload}
    return {"type": 5, "timestamp": now * 1000, "data": data}


def send(pipe: Pipe, replay_id: str, *parts: Part) -> None:
    """One envelope, digested."""
    pipe.spool(build_envelope({"event_id": replay_id}, list(parts)))
    pipe.work()


def rows(pipe: Pipe) -> list[dict[str, Any]]:
    """What is stored, in the order of segments."""
    select = q.Select(
        table="replays",
        projects=VisibleProjects.of_system(),
        columns={name: q.Field(name) for name in NAMES},
        order_by=[q.Order("segment_id"), q.Order("part")],
        start=0,
        end=FAR,
    )
    return pipe.store.query(select).dicts()


def body(pipe: Pipe, row: dict[str, Any]) -> Any:
    """What the row's body says."""
    held = row["body"]
    if held is None:
        held = BlobFolder(pipe.folder / "blobs").get(row["body_blob"])
    return json.loads(PayloadCodec().restore(held))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_segments_come_in_any_order(pipe: Pipe, order: tuple[int, ...]) -> None:
    """The recording before, after or without its event: each is stored as what it is."""
    name = uuid.uuid4().hex
    parts = [about(name), recording(0), about(name, 1), recording(1)]
    for at in order:
        send(pipe, name, parts[at])
    found = [(row["segment_id"], row["part"], row["replay_id"]) for row in rows(pipe)]
    assert found == [(0, "event", name), (0, "recording", name), (1, "event", name),
                     (1, "recording", name)]  # fmt: skip


def test_a_segment_that_comes_twice_counts_once(pipe: Pipe) -> None:
    """SDKs try again; all segments of a replay have the same event id, and none is lost by it."""
    name = uuid.uuid4().hex
    for segment in (0, 1, 0, 1):
        send(pipe, name, about(name, segment), recording(segment))
    send(pipe, name, about(name, 2), recording(2))
    assert [row["segment_id"] for row in rows(pipe)] == [0, 0, 1, 1, 2, 2]


def test_what_the_event_says_is_found_in_columns(pipe: Pipe) -> None:
    """And the summary of the recording."""
    name, error = uuid.uuid4().hex, uuid.uuid4().hex
    user = {"email": "eve@example.com"}
    send(
        pipe,
        name,
        about(name, urls=["https://shop.example/a", 7, " "], error_ids=[error, "x"], user=user),
        recording(0, {"type": 2, "timestamp": time.time() * 1000, "data": {}}, click()),
    )
    said, recorded = rows(pipe)
    assert said["urls"] == "https://shop.example/a"
    assert (said["error_ids"], said["errors"]) == (error, 1)
    assert said["user_email"] == "eve@example.com"
    assert (recorded["events"], recorded["clicks"], recorded["has_snapshot"]) == (2, 1, True)
    assert json.loads(recorded["marks"])[0][1:3] == ["click", "body > button"]
    assert body(pipe, recorded)[1]["data"]["tag"] == "breadcrumb"


def test_a_mobile_segment_keeps_its_video(pipe: Pipe) -> None:
    """A row for the event, one for the recording, and the video's bytes as they came."""
    name, video = uuid.uuid4().hex, b"\x00\x00\x00\x18ftypmp42" + bytes(100)
    event = about(name, platform="java")[1]
    packed = msgspec.msgpack.encode(
        {"replay_event": event, "replay_recording": recording(0)[1], "replay_video": video}
    )
    send(pipe, name, ({"type": "replay_video"}, packed))
    said, recorded = rows(pipe)
    assert (said["part"], recorded["part"]) == ("event", "recording")
    assert BlobFolder(pipe.folder / "blobs").get(recorded["video_blob"]) == video


def secrets_everywhere(text: str) -> list[dict[str, Any]]:
    """A text where pages and SDKs put some."""
    now = time.time() * 1000
    node = {"type": 2, "tagName": "input", "id": 5, "childNodes": [], "attributes": {}}
    named = ("value", "placeholder", "title", "alt", "aria-label")
    request = {"request": {"body": text, "headers": {"x-note": text}}, "response": {"body": text}}
    return [
        {"type": 2, "timestamp": now, "data": {"node": {
            **node,
            "attributes": dict.fromkeys(named, text) | {"href": f"/a?q={text}"},
            "childNodes": [{"type": 3, "textContent": f"Dear {text}, hello", "id": 6}],
        }}},
        {"type": 3, "timestamp": now, "data": {"source": 5, "text": text, "id": 5}},
        {"type": 3, "timestamp": now, "data": {"source": 0, "texts": [{"id": 6, "value": text}]}},
        click(f"body > button[title=\"{text}\"]"),
        {"type": 5, "timestamp": now, "data": {"tag": "breadcrumb", "payload": {
            "category": "console", "timestamp": now / 1000, "message": f"got {text}",
            "data": {"arguments": [text]}}}},
        {"type": 5, "timestamp": now, "data": {"tag": "performanceSpan", "payload": {
            "op": "resource.fetch", "startTimestamp": now / 1000, "endTimestamp": now / 1000,
            "description": f"/b?q={text}", "data": request}}},
    ]  # fmt: skip


@pytest.mark.parametrize("secret", [CARD, TOKEN, "anna@example.com"])
def test_secrets_leave_a_recording_before_it_is_stored(pipe: Pipe, secret: str) -> None:
    """In text, attributes, input, console, bodies and headers, and so in the marks."""
    name = uuid.uuid4().hex
    send(pipe, name, recording(0, *secrets_everywhere(secret)))
    (row,) = rows(pipe)
    told = json.dumps(body(pipe, row)) + row["marks"]
    assert secret not in told
    assert "hello" in told


def test_what_is_typed_into_a_password_field_is_not_stored(pipe: Pipe) -> None:
    """The field is told of in one segment, what is typed in the next; and a card as a number."""
    name, now = uuid.uuid4().hex, time.time() * 1000
    field = {"type": 2, "tagName": "input", "attributes": {"type": "password"}, "childNodes": []}
    page = {"type": 2, "timestamp": now, "data": {"node": {"type": 0, "id": 1, "childNodes": [
        {**field, "id": 5}]}}}  # fmt: skip
    typed = {"source": 5, "text": "hunter2", "isChecked": False, "id": 5}
    request = {"op": "resource.fetch", "startTimestamp": now / 1000, "description": "/pay"}
    paid = {**request, "data": {"request": {"body": {"card": int(CARD.replace(" ", ""))}}}}
    later = [
        {"type": 3, "timestamp": now, "data": typed},
        {"type": 5, "timestamp": now, "data": {"tag": "performanceSpan", "payload": paid}},
    ]
    send(pipe, name, recording(0, page))
    send(pipe, name, recording(1, *later))
    _, row = rows(pipe)
    found = body(pipe, row)
    assert found[0]["data"]["text"] == "[Filtered]"
    assert found[1]["data"]["payload"]["data"]["request"]["body"] == {"card": None}


def test_what_is_no_secret_stays_as_it_was(pipe: Pipe) -> None:
    """The document must be played as it was: structure, styles, ids, times."""
    now = time.time() * 1000
    style = "input[type=password]:focus{color:red} .token-list{margin:0}"
    events = [
        {"type": 4, "timestamp": now, "data": {"href": "https://shop.example/a?page=2"}},
        {"type": 2, "timestamp": now, "data": {"node": {"type": 2, "tagName": "form", "id": 1,
            "attributes": {"class": "login auth", "_cssText": style, "autocomplete": "cc-number"},
            "childNodes": [{"type": 2, "tagName": "input", "id": 2, "childNodes": [],
                            "attributes": {"type": "password", "name": "password"}}]}}},
    ]  # fmt: skip
    name = uuid.uuid4().hex
    send(pipe, name, recording(0, *events))
    (row,) = rows(pipe)
    assert body(pipe, row) == events


def test_a_page_that_names_thousands_of_people_is_kept(pipe: Pipe) -> None:
    """A table of customers is an ordinary page: every address goes, and everything else stays."""
    rows_of_table = [
        {"type": 3, "textContent": f"customer {at}: person{at}@example.com", "id": at}
        for at in range(12_000)
    ]
    name = uuid.uuid4().hex
    send(
        pipe,
        name,
        recording(0, {"type": 2, "timestamp": time.time() * 1000, "data": rows_of_table}),
    )
    (row,) = rows(pipe)
    told = body(pipe, row)[0]["data"]
    assert [one["textContent"] for one in told] == [
        f"customer {at}: [email]" for at in range(12_000)
    ]


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1" + "0" * 400, "1e999", "-3", "null"])
def test_a_time_that_cannot_be_costs_no_recording(pipe: Pipe, number: str) -> None:
    """Whatever a client says: the recording is stored, and nothing lies among what failed."""
    name = uuid.uuid4().hex
    text = f'[{{"type": 3, "timestamp": {number}, "data": {{}}}}, {json.dumps(click())}]'
    packed = {"type": "replay_recording"}, b'{"segment_id":0}\n' + zlib.compress(text.encode())
    send(pipe, name, packed)
    (row,) = rows(pipe)
    assert row["clicks"] == 1


def test_a_replay_is_the_same_page_however_its_id_is_written(pipe: Pipe) -> None:
    """What is typed goes with the field of a segment whose header has the id with dashes."""
    replay_id = uuid.uuid4()
    field = {"type": 2, "tagName": "input", "attributes": {"type": "password"}, "id": 5}
    document = {"type": 0, "childNodes": [field], "id": 1}
    data = {"source": 5, "text": "hunter2", "isChecked": False, "id": 5}
    whole = {"type": 2, "timestamp": time.time() * 1000, "data": {"node": document}}
    typed = {"type": 3, "timestamp": time.time() * 1000, "data": data}
    send(pipe, str(replay_id), recording(0, whole))
    send(pipe, replay_id.hex, recording(1, typed))
    first, second = rows(pipe)
    assert first["replay_id"] == second["replay_id"]
    assert "hunter2" not in json.dumps(body(pipe, second))


@pytest.mark.parametrize("unit", [b"{},", b"1,", b"[],", b'{"type":3},', b'"\\ud800",'])
def test_a_segment_of_a_million_nothings_is_not_read(
    pipe: Pipe, unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some kilobytes that unpack to millions of values cost no memory, in whatever way is read."""
    monkeypatch.setattr("vedette.items._replays.summarize", _never)
    monkeypatch.setattr("vedette.pipeline.steps.parse", _never)
    text = b"[" + (unit * (MOST_VALUES + 1))[:-1] + b"]"
    packed = {"type": "replay_recording"}, b'{"segment_id":0}\n' + zlib.compress(text)
    send(pipe, uuid.uuid4().hex, packed)
    assert rows(pipe) == []
    assert pipe.outcomes() == {("replay", "invalid"): 1}


def _never(*_: object) -> None:
    raise AssertionError("it was read")
