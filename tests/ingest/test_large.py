"""Large bodies: opened apart, never held as plain text, and nobody waits for them."""

from __future__ import annotations

import gzip
import json
import os
import signal
import zlib
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from tests.ingest.doorway import EVENT, KEY, Doorway, doorway
from vedette.ingest import lane, opening
from vedette.ingest.errors import Busy
from vedette.ingest.shares import Holding, Shares
from vedette.spool.writer import SpoolWriter
from vedette.wire.envelope import build_envelope

MIB = 1 << 20
DSN = f"http://{KEY}@localhost/42"


def envelope(size: int, **headers: str) -> bytes:
    """An event and an attachment of so many bytes."""
    items: list[tuple[dict[str, object], bytes]] = [
        ({"type": "event"}, b'{"message":"large"}'),
        ({"type": "attachment", "filename": "a"}, os.urandom(1024) * (size // 1024)),
    ]
    return build_envelope({"event_id": "e" * 32, **headers}, items)


PACKERS = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=1),
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("size", [64 << 10, 5 * MIB])
def test_a_body_of_any_size_is_kept_as_it_was_sent(door: Doorway, encoding: str, size: int) -> None:
    """At once or apart, in memory or by a file, to the byte; nothing is left behind."""
    plain = envelope(size)
    headers = {"content-encoding": encoding} if encoding else {}
    packed = PACKERS[encoding](plain)
    pieces = [packed[i : i + MIB] for i in range(0, len(packed), MIB)]
    answer = door.send(body=pieces, headers=headers)
    assert (answer.status, answer.json()) == (200, {"id": "e" * 32})
    [(meta, body)] = door.records()
    assert body == plain
    assert meta.inflated_bytes == len(plain)
    assert list(door.config.body_folder.iterdir()) == []
    assert door.door.memory.held_bytes == door.door.disk.held_bytes == 0


def test_what_inflates_to_the_limit_is_never_in_the_door(door: Doorway) -> None:
    """Its memory holds the body as sent, and the text is gone before the disk is waited for."""
    body = gzip.compress(envelope(0) + b"\n" * (40 * MIB))
    assert door.send(body=body, headers={"content-encoding": "gzip"}).status == 200
    assert door.door.lane.opened == 1
    assert door.door.memory.peak_bytes == len(body) < MIB


def test_plain_text_is_let_go_before_the_commit(
    door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that of a small body that is opened at once."""

    order: list[str] = []

    class Plain(bytes):
        """Bytes whose end is noted."""

        def __del__(self) -> None:
            order.append("plain text gone")

    inflate, commit = opening.inflate, SpoolWriter._commit

    def noted_commit(writer: SpoolWriter, records: Any) -> Any:
        order.append("commit")
        return commit(writer, records)

    monkeypatch.setattr(opening, "inflate", lambda *args, **named: Plain(inflate(*args, **named)))
    monkeypatch.setattr(SpoolWriter, "_commit", noted_commit)
    body = gzip.compress(EVENT)
    assert door.send(body=body, headers={"content-encoding": "gzip"}).status == 200
    assert order == ["plain text gone", "commit"]


def test_a_bomb_is_refused_with_its_reason(door: Doorway) -> None:
    """413 past the limit, for each coding, and counted."""
    for encoding in ("gzip", "deflate", "br", "zstd"):
        bomb = PACKERS[encoding](b"\0" * (60 * MIB))
        assert door.send(body=bomb, headers={"content-encoding": encoding}).status == 413
    assert {refusal.reason for refusal in door.refusals()} == {"encoding"}


def test_a_legacy_bomb_is_opened_apart(door: Doorway) -> None:
    """Base64 of zlib without a header that says so."""
    import base64

    bomb = base64.b64encode(zlib.compress(b"\0" * (60 * MIB), 9))
    assert door.send("/api/42/store/", bomb).status == 413
    assert door.door.lane.opened == 1


def test_strangers_are_not_inflated(door: Doorway) -> None:
    """Without a key no more than the first line is decoded, and nothing goes to the lane."""
    for body in (brotli.compress(b"{}\n" + b" " * (40 * MIB)), gzip.compress(b"\n" * (40 * MIB))):
        encoding = "gzip" if body[:2] == b"\x1f\x8b" else "br"
        answer = door.send(body=body, auth=False, headers={"content-encoding": encoding})
        assert answer.status == 401
    assert door.door.lane.opened == 0


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_dsn_in_the_first_line_opens_a_large_envelope(door: Doorway, encoding: str) -> None:
    """The key is read from the first bytes; the rest follows once it is known."""
    plain = envelope(3 * MIB, dsn=DSN)
    headers = {"content-encoding": encoding} if encoding else {}
    packed = PACKERS[encoding](plain)
    pieces = [packed[i : i + 50_000] for i in range(0, len(packed), 50_000)]
    assert door.send(body=pieces, auth=False, headers=headers).status == 200
    assert door.records()[0][1] == plain


def test_a_stranger_with_a_large_body_is_turned_away_at_its_beginning(door: Doorway) -> None:
    """It is not read to the end."""
    pieces = [b"{}\n" + b"x" * 70_000, *[b"x" * MIB] * 20]
    assert door.send(body=pieces, auth=False).status == 401
    assert door.door.memory.peak_bytes < 100_000


def test_a_helper_that_is_killed_is_replaced(door: Doorway) -> None:
    """The body that did it is refused, the next one is opened."""
    body = envelope(2 * MIB)
    assert door.send(body=body).status == 200
    pid = door.door.lane.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert door.send(body=body).status in (200, 400)
    assert door.send(body=body).status == 200
    assert door.door.lane.pid != pid


def test_a_body_that_takes_too_long_is_given_up(
    door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """413, and the process that was at it is ended."""
    monkeypatch.setattr(lane, "_JOB_SECONDS", 0.0)
    assert door.send(body=envelope(2 * MIB)).status == 413
    assert door.door.lane.pid is None


def test_hostile_json_of_a_large_event_costs_the_door_nothing(door: Doorway) -> None:
    """Ten million empty lists: looked at apart, whatever becomes of it."""
    body = build_envelope(
        {}, [({"type": "event"}, b'{"a":NaN,"b":[' + b"[]," * 3_000_000 + b"0]}")]
    )
    answer = door.send(body=gzip.compress(body), headers={"content-encoding": "gzip"})
    assert answer.status in (200, 413)
    assert door.send().status == 200


def test_a_large_minidump_comes_back_as_a_file(door: Doorway) -> None:
    """Made into an envelope apart, and written to the spool from there."""
    dump = b"MDMP" + os.urandom(MIB) * 3
    answer = door.send(
        "/api/42/minidump/", dump, headers={"content-type": "application/octet-stream"}
    )
    assert answer.status == 200
    assert dict(door.items())["attachment"] == dump
    assert list(door.config.body_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("replay_recording", 11 * MIB),
        ("replay_video", 21 * MIB),
        ("log", 13 * MIB),
        ("check_in", 2 * MIB),
        ("never_heard_of", 11 * MIB),
    ],
)
def test_every_kind_of_item_has_a_bound(door: Doorway, kind: str, size: int) -> None:
    """Over it the item is refused by name; its neighbour is kept."""
    items: list[tuple[dict[str, object], bytes]] = [({"type": kind}, b"x" * size)]
    answer = door.send(body=build_envelope({}, items))
    assert answer.status == 413
    assert kind in answer.json()["detail"]
    items.append(({"type": "event"}, b"{}"))
    assert door.send(body=build_envelope({}, items)).status == 200


def test_one_key_leaves_room_for_the_others() -> None:
    """Half of the memory is the most that one key takes; strangers get little."""
    memory, disk = Shares(64 * MIB), Shares(MIB)
    loud = [Holding(memory, disk, "loud", is_stranger=False) for _ in range(40)]
    for one in loud[:32]:
        one.hold(MIB, 0)
    with pytest.raises(Busy):
        loud[32].hold(MIB, 0)
    Holding(memory, disk, "quiet", is_stranger=False).hold(MIB, 0)
    for one in loud:
        one.close()
    assert memory.held_bytes == MIB
    assert memory.peak_bytes == 33 * MIB  # 32 of one key, one of another


def test_strangers_share_an_eighth() -> None:
    """However many addresses they come from."""
    memory = Shares(64 * MIB)
    for number in range(128):
        memory.take(f"192.0.2.{number}", 64 << 10, is_stranger=True)
    with pytest.raises(Busy):
        memory.take("192.0.2.200", 64 << 10, is_stranger=True)
    assert memory.held_bytes == 8 * MIB
    memory.take("key", 32 * MIB)


def test_a_stranger_who_shows_a_key_counts_on_its_account() -> None:
    """And gives all of it back."""
    memory = Shares(64 * MIB)
    one = Holding(memory, Shares(MIB), "192.0.2.1", is_stranger=True)
    one.hold(1000, 0)
    one.become("key")
    one.hold(MIB, 10)
    one.close()
    assert memory.held_bytes == 0


def test_what_a_sudden_end_left_behind_is_removed(tmp_path: Path) -> None:
    """Half-received bodies are nobody's."""
    from vedette.http.body import clean

    (tmp_path / "x.body").write_bytes(b"half")
    clean(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_limits_are_the_settings(tmp_path: Path) -> None:
    """A door's limits are its settings'."""
    with doorway(tmp_path / "data", max_envelope_bytes=1000) as small:
        assert small.send(body=b"x" * 2000).status == 413
        assert json.loads(small.send(body=[b"x" * 900] * 2).body)["causes"] == ["too_large"]
