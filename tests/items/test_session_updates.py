"""Updates of sessions as clients send them, and what is stored of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from vedette.items import Effects, RawItem
from vedette.items.session import read
from vedette.spool.meta import Meta
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp()


def row(received: float = NOON, sent_at: str | None = None, **session: Any) -> dict[str, Any]:
    """What is stored of one update."""
    payload = {"sid": "a" * 32, "attrs": {"release": "shop@1"}, **session}
    item = RawItem(
        meta=Meta(project_id=1, received=received),
        envelope=EnvelopeHeaders(sent_at=sent_at),
        header=ItemHeader(type="session"),
        payload=msgspec.json.encode(payload),
        position=1,
    )
    effects = read(item)
    assert isinstance(effects, Effects)
    return effects.rows[0].values


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"status": "crashed", "errors": 1}, {"status": "ok", "errors": 1}),
        ({"status": "crashed"}, {"status": "ok", "init": True}),
        ({"status": "ok", "errors": 2}, {"status": "ok", "errors": 1}),
        ({"status": "exited", "seq": 3}, {"status": "crashed", "errors": 9, "seq": 2}),
    ],
)
def test_of_two_updates_of_one_moment_the_worse_counts(
    worse: dict[str, Any], better: dict[str, Any]
) -> None:
    """A number of its own comes first, then the errors, then what the session came to."""
    moment = {"timestamp": NOON}
    assert row(**{**moment, **worse})["rank"] > row(**{**moment, **better})["rank"]
    assert row(seq=1 << 53, status="abnormal", errors=9999)["rank"] < 1 << 63


def test_a_session_of_a_fast_clock_lies_on_one_day() -> None:
    """Its updates come on two days of ours; they say how far their clock is ahead."""
    ahead, midnight = 3 * 86400 + 400, NOON + 12 * 3600
    started = midnight - 60 + ahead
    times = [
        row(at, datetime.fromtimestamp(at + ahead, UTC).isoformat(), started=started)["timestamp"]
        for at in (midnight - 59, midnight + 3600)
    ]
    assert times == [int((midnight - 60) * 1_000_000)] * 2


def test_a_late_session_lies_where_it_started_whatever_its_envelope_says() -> None:
    """An envelope that waited a week has the time of its first try in its header."""
    late = row(NOON, datetime.fromtimestamp(NOON - 7 * 86400, UTC).isoformat(), started=NOON - 9e5)
    assert late["timestamp"] == int((NOON - 9e5) * 1_000_000)


@pytest.mark.parametrize("duration", [-5, True, "9", 1e300, None])
def test_a_duration_that_cannot_be_is_none(duration: object) -> None:
    """It would spoil the average."""
    assert row(duration=duration)["duration_seconds"] is None
    assert row(duration=2)["duration_seconds"] == 2.0
