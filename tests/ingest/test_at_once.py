"""Envelopes that are accepted without a task of their own: the same records and answers."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.http.wire import Peer, wire
from tests.ingest.doorway import EVENT, KEY, Doorway, doorway
from vedette.http.lag import Lag
from vedette.ingest.keys import Key
from vedette.server import Server
from vedette.spool.reader import SpoolReader
from vedette.spool.writer import SpoolError, SpoolWriter
from vedette.wire.envelope import build_envelope


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    """No pages, no status."""


def request(body: bytes, *lines: str, path: str = "/api/42/envelope/") -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


AUTH = f"X-Sentry-Auth: Sentry sentry_key={KEY}, sentry_client=test/1"


def talk(held: Doorway, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send the pieces over a real connection and return the answer."""

    async def go() -> tuple[int, dict[str, str], bytes]:
        async with wire(Server(held.door, nobody, nobody, Lag())) as server:
            peer: Peer = await server.connect()
            for piece in pieces:
                await peer.say(piece)
                await asyncio.sleep(0.01)
            return await peer.answer()

    return held.run(go())


def test_both_ways_give_the_same_record_and_answer(door: Doorway) -> None:
    """In one piece it is taken at once, in two it goes the long way; the client cannot tell."""
    body = gzip.compress(EVENT)
    whole = request(body, AUTH, "Content-Encoding: gzip", "User-Agent: lamp/1")
    at_once = talk(door, whole)
    long_way = talk(door, whole[:-5], whole[-5:])
    assert at_once[0] == long_way[0] == 200
    assert at_once[2] == long_way[2] == b'{"id":"' + b"c" * 32 + b'"}'
    unlike = {"date"}
    assert {k: v for k, v in at_once[1].items() if k not in unlike} == {
        k: v for k, v in long_way[1].items() if k not in unlike
    }
    first, second = (meta for meta, _ in door.records())
    second.received = first.received
    assert first == second
    assert first.user_agent == "lamp/1"
    assert first.inflated_bytes == len(EVENT)
    assert door.door.statuses == {200: 2}
    assert door.door.memory.held_bytes == 0


@pytest.mark.parametrize(
    ("body", "lines", "status"),
    [
        (EVENT, [], 401),
        (b"nonsense", [AUTH], 400),
        (EVENT, ["X-Sentry-Auth: Sentry sentry_key=" + "f" * 32], 403),
        (b'{}\n{"type":"event"}\n{broken\n', [AUTH], 400),
        (EVENT, [AUTH, "Content-Encoding: br"], 400),
    ],
)
def test_what_is_not_ordinary_is_answered_by_the_long_way(
    door: Doorway, body: bytes, lines: list[str], status: int
) -> None:
    """With its own status and words."""
    assert talk(door, request(body, *lines))[0] == status
    assert door.items() == []


def test_a_limit_takes_no_token_twice(tmp_path: Path) -> None:
    """Five a minute are five, whichever way they come."""
    with doorway(tmp_path / "data") as held:
        held.keys[KEY] = Key(42, events_per_minute=5)
        held.run(held.door.keys._refresh())
        statuses = [talk(held, request(EVENT, AUTH))[0] for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_refusal_is_counted_once(door: Doorway) -> None:
    """The quick look leaves no trace of what it leaves to the long way."""
    door.keys[KEY] = Key(42, is_active=False)
    door.run(door.door.keys._refresh())
    assert talk(door, request(EVENT, AUTH))[0] == 403
    door.keys[KEY] = Key(42, allowed_domains=("shop.example",))
    door.run(door.door.keys._refresh())
    assert talk(door, request(EVENT, AUTH, "Origin: http://evil.example"))[0] == 403
    assert [(one.reason, one.quantity) for one in door.refusals()] == [
        ("disabled_key", 1),
        ("cors", 1),
    ]


def test_a_disk_that_fails_is_no_200(door: Doorway, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with the same words, and the next one is taken again."""

    def fail(writer: SpoolWriter, records: object) -> None:
        raise SpoolError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(SpoolWriter, "_commit", fail)
        status, headers, body = talk(door, request(EVENT, AUTH))
        assert (status, headers["access-control-allow-origin"]) == (503, "*")
        assert b"cannot write to disk" in body
        assert int(headers["retry-after"]) > 0
    assert talk(door, request(EVENT, AUTH))[0] == 200


def test_segments_of_a_replay_go_to_one_digester(tmp_path: Path) -> None:
    """In order, at once or the long way: what a page was, an earlier segment may have told."""
    with doorway(tmp_path, digesters=3) as held:
        for number in range(12):
            recording = b'{"segment_id":%d}\n[]' % (number // 2)
            item = ({"type": "replay_recording"}, recording)
            body = build_envelope({"event_id": f"{number % 2 + 1:x}" * 32}, [item])
            whole = request(body, AUTH)
            pieces = [whole] if number % 3 else [whole[:-5], whole[-5:]]
            assert talk(held, *pieces)[0] == 200
        folders = [held.config.spool_folder / f"web-tied-{index}" for index in range(3)]
        spools = [SpoolReader(folder, 0).read(100, 1 << 20) for folder in folders]
    for replay in (b"1" * 32, b"2" * 32):
        counts = [sum(replay in record.body for record in records) for records in spools]
        assert sorted(counts) == [0, 0, 6]
