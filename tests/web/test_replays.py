"""Replays for the player, the API and whoever asks for one: found, whole, and gone."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import zstandard
from django.test import Client

from tests.web import samples
from tests.web.recorded import crumb, send_replay
from tests.web.walk import bearer
from tests.web.world import REPLAY, World
from vedette import clock
from vedette.issues.shapes import Period, Scope
from vedette.replays import bodies
from vedette.replays import replay as one_replay
from vedette.replays.reading import list_replays, replays_of_issue, replays_of_trace
from vedette.search import SearchError
from vedette.storage.models import Removal
from vedette.web.api.sentry import replays as api
from vedette.wire.envelope import build_envelope

NAME = "5f" * 16
TRACE = "6a" * 16
API = "/api/0/organizations/lantern/"


def about(segment: int, after: float, **more: Any) -> tuple[dict[str, object], bytes]:
    """The event of a segment that ended so many seconds after the replay's begin."""
    start = clock.timestamp() - 3600
    event = {
        "replay_id": NAME,
        "segment_id": segment,
        "replay_start_timestamp": start,
        "timestamp": start + after,
        "environment": "staging",
        **more,
    }
    return {"type": "replay_event"}, json.dumps(event).encode()


def recording(segment: int, after: float, *categories: str) -> tuple[dict[str, object], bytes]:
    """A recording that begins so many seconds after, with a breadcrumb each second."""
    start = clock.timestamp() - 3600 + after
    events: list[dict[str, Any]] = [
        {"type": 2, "timestamp": start * 1000, "data": {"node": {"text": "lamp " * 400}}}
    ]
    for number, category in enumerate(categories):
        data = {"endReason": "timeout", "clickCount": 1}
        payload = {"category": category, "timestamp": start + number, "message": "b", "data": data}
        added = {"tag": "breadcrumb", "payload": payload}
        events.append({"type": 5, "timestamp": (start + number) * 1000, "data": added})
    body = zlib.compress(json.dumps(events).encode())
    return {"type": "replay_recording"}, b'{"segment_id":%d}\n' % segment + body


@pytest.fixture
def replay(world: World) -> World:
    """A replay of four segments, of which one is missing, one came late, and one twice."""
    error = samples.CHECKOUT["event_id"][:-1] + "1"
    user = {"email": "eve@example.com"}
    parts = [
        (about(3, 20), recording(3, 15, "ui.click")),
        (about(0, 5, urls=["https://x.example/a"], error_ids=[error], user=user),
         recording(0, 0, "ui.click", "ui.slowClickDetected")),
        (about(1, 10, urls=["https://x.example/b"], trace_ids=[TRACE]), recording(1, 5)),
        (about(1, 10, urls=["https://x.example/b"], trace_ids=[TRACE]), recording(1, 5)),
    ]  # fmt: skip
    for pair in parts:
        envelope = build_envelope({"event_id": NAME}, list(pair))
        world.stage.flow.spool(envelope, project=world.shop.pk)
    world.stage.work()
    return world


def scope(world: World) -> Scope:
    """The last day of everything that Alice may see."""
    now = clock.now()
    period = Period(start=now.replace(year=now.year - 1), end=now, label="")
    return Scope(visible=world.visible, period=period)


def found(world: World, query: str) -> list[str]:
    """The replays that a search finds."""
    return [row.replay_id for row in list_replays(scope(world), query).rows]


def test_a_replay_is_one_whatever_came_of_it(replay: World) -> None:
    """Segments out of order, doubled and missing: counts, pages and gaps are right."""
    rows = {row.replay_id: row for row in list_replays(scope(replay)).rows}
    assert set(rows) == {NAME, REPLAY}
    row = rows[NAME]
    assert (row.segments, row.has_gaps) == (3, True)
    assert (row.clicks, row.dead_clicks, row.errors) == (2, 1, 1)
    assert row.urls == ("https://x.example/a", "https://x.example/b")
    assert 19 <= row.seconds <= 21
    assert (row.user_email, row.environment) == ("eve@example.com", "staging")


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("user.email:eve@example.com", True),
        ("user.email:eve@example.com count_dead_clicks:>0", True),
        ("count_clicks:2", True),
        ("count_clicks:>2", False),
        ("!count_clicks:2", False),
        ("url:*/b url:*/a", True),
        ("!url:*/b", False),
        ("url:*/c OR environment:staging", True),
        ("has:user.email", True),
        ("!has:user.email", False),
        ("x.example/a", True),
        ("nowhere", False),
        (NAME, True),
        (TRACE, True),
        ("environment:[staging, production]", True),
        ("!environment:staging", False),
        ("project:shop", True),
        ("project:web", False),
    ],
)
def test_a_search_looks_at_the_whole_replay(replay: World, query: str, is_found: bool) -> None:
    """What the event says and what the recording holds are asked together."""
    assert (NAME in found(replay, query)) == is_found


def test_a_search_that_cannot_be_read_is_refused_in_words(replay: World) -> None:
    """As everywhere."""
    with pytest.raises(SearchError):
        found(replay, "a OR")


def test_replays_of_an_issue_and_of_a_trace_are_found(replay: World) -> None:
    """By what errors and replays say of each other; whoever may not see them finds none."""
    assert [row.replay_id for row in replays_of_trace(replay.visible, TRACE)] == [NAME]
    event = {**samples.CHECKOUT, "event_id": "77" * 16, "contexts": {"replay": {"replay_id": NAME}}}
    replay.stage.send(replay.shop, event)
    replay.stage.work()
    issue = replay.issues["checkout"]
    assert [row.replay_id for row in replays_of_issue(replay.visible, issue)] == [NAME]
    assert replays_of_trace(replay.visible.only([replay.web.pk]), TRACE) == []
    hidden = replace(scope(replay), visible=replay.visible.only([replay.web.pk]))
    assert list_replays(hidden).rows == []


def test_the_player_hears_of_gaps_marks_and_errors(replay: World, alice: Client) -> None:
    """One answer with all but what was recorded."""
    told = alice.get(f"/replays/shop/{NAME}/segments.json").json()
    assert [one["is_missing"] for one in told["segments"]] == [False, False, True, False]
    assert [mark["kind"] for mark in told["marks"] if mark["kind"] != "error"] == [
        "click", "dead", "click",
    ]  # fmt: skip
    (error,) = told["errors"]
    assert error["issue_id"] == replay.issues["checkout"].pk
    assert alice.get(error["url"]).status_code == 200
    assert told["trace_ids"] == [TRACE]
    assert told["is_finished"] is True
    assert told["started_ms"] < told["finished_ms"]
    assert told["video"] is False


@pytest.mark.parametrize(
    ("accepted", "unpack"),
    [
        ("gzip", gzip.decompress),
        ("gzip, zstd", lambda body: zstandard.ZstdDecompressor().decompress(body)),
        ("", bytes),
    ],
)
def test_a_segment_is_given_packed_as_it_is_accepted(
    replay: World, alice: Client, accepted: str, unpack: Any
) -> None:
    """And may be kept by this browser alone."""
    answer = alice.get(f"/replays/shop/{NAME}/segments/3/", headers={"accept-encoding": accepted})
    events = json.loads(unpack(answer.content))
    assert [event["type"] for event in events] == [2, 5]
    assert answer["Cache-Control"].startswith("private, max-age=")


def test_segments_that_follow_each_other_are_given_in_one_answer(
    replay: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As each by itself; what is missing is left out, and what has no room is asked for again."""
    address = f"/replays/shop/{NAME}/segments/"
    lines = alice.get(f"{address}0/to/9/").content.decode().splitlines()
    told = dict(line.split(" ", 1) for line in lines)
    assert list(told) == ["0", "1", "3"]
    for number, events in told.items():
        assert json.loads(events) == alice.get(f"{address}{number}/").json()
    monkeypatch.setattr(bodies, "MOST_BYTES", 1)
    assert alice.get(f"{address}1/to/9/").content.splitlines() == [lines[1].encode()]
    assert alice.get(f"{address}4/to/9/").content == b""


def test_a_video_is_given_as_it_came(world: World, alice: Client) -> None:
    """Of a mobile replay; a missing segment is a 404."""
    assert alice.get(f"/replays/shop/{REPLAY}/segments/0/video/").content == b"mp4"
    assert alice.get(f"/replays/shop/{REPLAY}/segments/7/").status_code == 404


def test_the_api_lists_shows_and_counts(replay: World) -> None:
    """In Sentry's form."""
    client = bearer(replay.organization, replay.alice)
    (row,) = client.get(f"{API}replays/?query=user.email:eve@example.com").json()["data"]
    assert (row["id"], row["count_segments"], row["count_errors"]) == (NAME, 3, 1)
    assert row["urls"] == ["https://x.example/a", "https://x.example/b"]
    whole = client.get(f"{API}replays/{NAME}/").json()["data"]
    assert whole["trace_ids"] == [TRACE]
    assert len(whole["error_ids"]) == 1
    address = f"/api/0/projects/lantern/shop/replays/{NAME}/recording-segments/"
    told = client.get(f"{address}?per_page=2")
    assert [one["segmentId"] for one in told.json()["data"]] == [0, 1]
    assert 'rel="next"; results="true"' in told["Link"]
    downloaded = client.get(f"{address}?download=true").getvalue()
    assert [len(events) for events in json.loads(downloaded)] == [3, 1, 2]
    issue = replay.issues["message"].pk
    counted = client.get(f"{API}replay-count/?query=issue.id:[{issue}]").json()
    assert counted == {str(issue): 0}
    assert client.get(f"{API}replay-count/?query=nothing").status_code == 400
    assert client.get(f"{API}replays/?sort=odd").status_code == 400


def test_a_replay_is_deleted_for_those_who_may(replay: World) -> None:
    """All that was recorded goes, other replays and the errors stay."""
    address = f"/api/0/projects/lantern/shop/replays/{NAME}/"
    reader = bearer(replay.organization, replay.alice, ["event:read"])
    assert reader.delete(address).status_code == 403
    admin = bearer(replay.organization, replay.alice, ["event:read", "event:admin"])
    assert admin.delete(address).status_code == 204
    assert Removal.objects.get().replay_id == NAME


def test_a_download_of_segments_is_bounded_in_bytes(
    replay: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of it ends where an answer is full, and the next goes on there, until all is read."""
    monkeypatch.setattr(api, "_MOST_BYTES", 1)
    client = bearer(replay.organization, replay.alice)
    address = f"/api/0/projects/lantern/shop/replays/{NAME}/recording-segments/?download=true"
    lengths = []
    for cursor in ("", "&cursor=o:1", "&cursor=o:2"):
        told = client.get(address + cursor)
        lengths += [len(events) for events in json.loads(told.getvalue())]
        is_last = cursor.endswith("2")
        assert ('rel="next"; results="true"' in told["Link"]) != is_last
    assert lengths == [3, 1, 2]


def test_a_download_holds_one_segment_at_a_time(
    replay: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ask at once: a segment is read when the one before is on its way."""
    read: list[int] = []

    def read_events(visible: Any, project: Any, name: str, segment_id: int) -> bytes | None:
        read.append(segment_id)
        return bodies.read_events(visible, project, name, segment_id)

    monkeypatch.setattr(api, "read_events", read_events)
    client = bearer(replay.organization, replay.alice)
    address = f"/api/0/projects/lantern/shop/replays/{NAME}/recording-segments/?download=true"
    chunks = iter(client.get(address))
    assert read == [0]
    told = [(next(chunks)[:1], list(read)) for _ in range(3)]
    assert told == [(b"[", [0]), (b"[", [0]), (b",", [0, 1])]
    assert len(json.loads(b"".join([*client.get(address)]))) == 3


def test_a_replay_is_looked_for_once_however_many_projects_there_are(
    replay: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id that nobody knows costs one question and not one of each project."""
    asked: list[str] = []

    def find(visible: Any, project: Any, name: str) -> None:
        asked.append(name)

    monkeypatch.setattr(api, "find_replay", find)
    client = bearer(replay.organization, replay.alice)
    assert client.get(f"{API}replays/{'12' * 16}/").status_code == 404
    assert client.get(f"{API}replays/nonsense/").status_code == 404
    assert asked == []


def test_a_replay_of_countless_marks_keeps_those_that_tell_most(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger can send 10,000 segments full of them: the page must not hold all."""
    monkeypatch.setattr(one_replay, "MOST_MARK_BYTES", 1000)
    monkeypatch.setattr(one_replay, "MOST_MARKS", 10)
    now, name = clock.timestamp() * 1000, "3d" * 16
    vain = {"endReason": "timeout", "clickCount": 9, "timeAfterClickMs": 7000}
    events = [crumb(now + at, "ui.input", f"input{at}") for at in range(40)]
    events.append(crumb(now + 50, "ui.slowClickDetected", "button#pay", **vain))
    send_replay(world, name, [(0, events), (1, events)])
    world.stage.work()
    told = alice.get(f"/replays/shop/{name}/segments.json").json()
    kinds = Counter(mark["kind"] for mark in told["marks"])
    assert kinds == {"input": 8, "rage": 2}
    assert [one["events"] for one in told["segments"]] == [41, 41]
