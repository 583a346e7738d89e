"""What a relay delivers again counts once, of whatever kind it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.pipeline.pipe import Pipe, event
from vedette import items
from vedette.spool.meta import Meta
from vedette.wire.envelope import build_envelope

DELIVERY = "d" * 32
KINDS = sorted(
    {kind.category: kind for kind in items.kinds().values() if not kind.is_own}.values(),
    key=lambda kind: kind.category,
)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def sums(pipe: Pipe) -> dict[tuple[str, str], int]:
    """The outcomes but for what was sent twice."""
    return {key: n for key, n in pipe.outcomes().items() if key[1] != "duplicate"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.category)
def test_an_item_of_any_kind_that_is_delivered_twice_counts_once(
    pipe: Pipe, kind: items.ItemKind
) -> None:
    """Rows and outcomes after the second delivery are those after the first."""
    assert kind.sample is not None
    envelope = kind.sample()
    pipe.spool(envelope, delivery=DELIVERY)
    pipe.work()
    rows = {table.name: pipe.count(table.name) for table in kind.tables}
    counted = sums(pipe)
    pipe.spool(envelope, delivery=DELIVERY)
    pipe.work()
    rows.pop("outcomes", None)
    assert {name: pipe.count(name) for name in rows} == rows
    assert sums(pipe) == counted


def test_two_deliveries_of_the_same_bytes_are_two(pipe: Pipe) -> None:
    """A log that is written twice is there twice: only what the relay sends again is not."""
    log = build_envelope({}, [({"type": "session"}, _session())])
    pipe.spool(log, delivery=DELIVERY)
    pipe.spool(log, delivery="e" * 32)
    pipe.work()
    assert pipe.outcomes()[("session", "accepted")] == 2


def test_a_wait_in_a_relay_is_no_wrong_clock(pipe: Pipe) -> None:
    """What a relay held for three hours happened when it says, not three hours later."""
    sent = "2026-11-27T09:00:00Z"
    received = 1795770000.0 + 3 * 3600
    body = json.loads(event().split(b"\n")[2])
    body["timestamp"] = 1795770000.0 - 5
    envelope = build_envelope(
        {"event_id": "f" * 32, "sent_at": sent},
        [({"type": "event"}, json.dumps(body).encode())],
    )
    pipe.spool_records((Meta(1, received, event_id="f" * 32, held_seconds=3 * 3600), envelope))
    pipe.work()
    (row,) = pipe.rows("errors", "timestamp")
    assert row["timestamp"] == (1795770000 - 5) * 1_000_000


def _session() -> bytes:
    return msgspec.json.encode(
        {
            "sid": "a" * 32,
            "init": True,
            "started": "2026-11-27T09:00:00Z",
            "status": "ok",
            "attrs": {"release": "shop@1.0"},
        }
    )
