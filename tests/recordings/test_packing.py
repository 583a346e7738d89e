"""Recordings in every form in which clients send them, and what is none."""

from __future__ import annotations

import gzip
import json
import zlib

import msgspec
import pytest

from vedette.recordings import packing
from vedette.recordings.packing import unpack, unpack_video

EVENTS = b'[{"type":4,"timestamp":1795310774590}]'
HEADER = b'{"segment_id":3}\n'
UNPACKED = {"segment_id": 3, "events": json.loads(EVENTS)}


@pytest.mark.parametrize("pack", [bytes, zlib.compress, gzip.compress])
def test_the_form_is_told_by_the_first_bytes(pack: type[bytes]) -> None:
    """Plain, zlib as the SDK's worker makes it, gzip as older ones did."""
    assert json.loads(unpack(HEADER + pack(EVENTS))) == UNPACKED


def test_what_is_unpacked_stays() -> None:
    """Reading it again, as after a restart, changes nothing."""
    once = unpack(HEADER + EVENTS)
    assert unpack(once) == once


def test_a_segment_without_events_is_one() -> None:
    """Its place is known, and there is no gap."""
    assert json.loads(unpack(HEADER)) == {"segment_id": 3, "events": []}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}\n[]",
        b'{"segment_id":-1}\n[]',
        b'{"segment_id":true}\n[]',
        b'{"segment_id":1e9}\n[]',
        b'{"segment_id":100000000}\n[]',
        b"x" * 5000 + b"\n[]",
        HEADER + b'{"type":4}',
        HEADER + b"\x78\x9c broken",
        HEADER + zlib.compress(EVENTS)[:-6],
        HEADER + b"\x1f\x8b",
    ],
)
def test_what_is_no_recording_is_refused(payload: bytes) -> None:
    """With an error that says so, and no other."""
    with pytest.raises(ValueError, match=r"\w"):
        unpack(payload)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What inflates past the bound is refused when it reaches it."""
    monkeypatch.setattr(packing, "MOST_BYTES", 1 << 20)
    with pytest.raises(ValueError, match="limit"):
        unpack(HEADER + zlib.compress(b"[" + b" " * (2 << 20) + b"]"))


def test_a_mobile_replay_is_three_in_one() -> None:
    """The event's members stand beside the recording's, and the video is left apart."""
    packed = msgspec.msgpack.encode(
        {
            "replay_event": b'{"replay_id":"a","platform":"java"}',
            "replay_recording": HEADER + EVENTS,
            "replay_video": b"\x00mp4",
        }
    )
    text, video = unpack_video(packed)
    assert json.loads(text) == {**UNPACKED, "replay_id": "a", "platform": "java"}
    assert video == b"\x00mp4"


@pytest.mark.parametrize("packed", [b"", b"\x80", b"\xc1", b"\x93\x01\x02\x03", b"{}"])
def test_what_is_no_mobile_replay_is_refused(packed: bytes) -> None:
    """Bytes that are no map of msgpack, and maps without a recording."""
    with pytest.raises(ValueError, match=r"\w"):
        unpack_video(packed)
