"""What a relay says of a request: how it is called, and how long it was held."""

from __future__ import annotations

import json

import pytest

from tests.ingest.doorway import Doorway

DELIVERY = "d" * 32
HEADERS = {"Idempotency-Key": DELIVERY, "X-Vedette-Held-Seconds": "7200"}


def test_a_delivery_is_written_beside_the_body(door: Doorway) -> None:
    """The pipeline is told its name and for how long a relay has held it."""
    assert door.send(headers=HEADERS).status == 200
    (meta, _), *_ = door.records()
    assert (meta.delivery, meta.held_seconds) == (DELIVERY, 7200.0)


@pytest.mark.parametrize("name", ["", "short", "D" * 32, "d" * 33, "d" * 31 + "é"])
def test_a_name_that_no_relay_gives_is_none(door: Doorway, name: str) -> None:
    """Others who use this header are served as without it."""
    assert door.send(headers={"Idempotency-Key": name}).status == 200
    assert door.records()[0][0].delivery == ""


@pytest.mark.parametrize(
    ("said", "held"), [("-5", 0.0), ("1e9", 0.0), ("99999999", 30 * 86400.0), ("x", 0.0)]
)
def test_no_wait_is_longer_than_what_is_kept(door: Doorway, said: str, held: float) -> None:
    """Nonsense is no wait, and a wait without end is thirty days."""
    door.send(headers={"Idempotency-Key": DELIVERY, "X-Vedette-Held-Seconds": said})
    assert door.records()[0][0].held_seconds == held


def test_an_id_that_is_made_anew_is_the_same_at_each_delivery(door: Doorway) -> None:
    """So an event without an id is stored once, and under the id that the relay has answered."""
    body = json.dumps({"message": "the lamp fell"}).encode()
    answers = [door.send("/api/42/store/", body, headers=HEADERS).json()["id"] for _ in range(2)]
    assert answers == [DELIVERY, DELIVERY]
    assert door.send("/api/42/store/", body).json()["id"] not in answers


def test_a_wait_in_a_relay_says_nothing_of_a_clock(door: Doorway) -> None:
    """The page of keys does not call a sender's clock wrong because a relay had to wait."""
    body = b'{"sent_at":"2026-01-01T00:00:00Z"}\n{"type":"event"}\n{}'
    assert door.send(body=body, headers=HEADERS).status == 200
    (use,) = door.door._uses.take()
    assert (use.accepted, use.ahead_seconds) == (1, None)
