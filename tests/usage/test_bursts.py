"""A burst of a hundred times the usual, through the door and the digester."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.usage.installation import Installation
from vedette import clock
from vedette.issues.models import Issue
from vedette.usage.models import Spike
from vedette.wire.envelope import build_envelope, new_event_id

pytestmark = pytest.mark.usefixtures("rollback")
NOON = 1_795_780_800  # 2026-11-27, 12:00 UTC


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Installation]:
    """Two projects with five errors a minute each, protected beyond ten."""
    clock.turn(NOON - clock.timestamp())
    with asyncio.Runner() as runner:
        made = Installation(tmp_path / "data", runner)
        made.choose(None, spike_least=10, spike_factor=2)
        for number in (0, 1):
            made.remember(number, 300)
        yield made
        made.close()
    clock.turn(0)


def error(kind: str) -> bytes:
    """An error of an issue of its own."""
    event = {"exception": {"values": [{"type": kind, "value": "it is dark"}]}}
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "event"}, json.dumps(event).encode())]
    )


def test_a_burst_is_cut_while_others_errors_are_stored(held: Installation) -> None:
    """Whole and in their order; every new issue has its first event, and all are counted."""
    shop, web = (one.pk for one in held.projects)
    for number in range(500):
        assert held.send(0, error("Flood" if number % 100 else f"New{number}")).status == 200
        if number % 50 == 0:
            assert held.send(1, error("Calm")).status == 200
    held.digest()
    kinds = Counter((row["project_id"], row["type"]) for row in held.stored("project_id", "type"))
    assert kinds[web, "Calm"] == 10
    assert all(kinds[shop, f"New{number}"] == 1 for number in range(0, 500, 100))
    assert 10 <= sum(n for (project, _), n in kinds.items() if project == shop) <= 25
    counted = held.outcomes()
    assert sum(n for (project, *_), n in counted.items() if project == shop) == 500
    spike = Spike.objects.get()
    assert spike.project_id == shop
    assert spike.cut == counted[shop, "error", "rate_limited", "spike_protection"]
    assert (spike.usual, spike.bound) == (5, 10)


def test_a_storm_shows_its_true_number(held: Installation) -> None:
    """The issue has counted all; what is stored says how many stand behind it."""
    held.choose(0, storm_events=20, spike_protection=False)
    for _ in range(200):
        held.send(0, error("Storm"))
    held.digest()
    assert Issue.objects.get().event_count == 200
    rows = held.stored("unstored")
    assert len(rows) == 20 + 18
    assert len(rows) + sum(row["unstored"] or 0 for row in rows) == 200
