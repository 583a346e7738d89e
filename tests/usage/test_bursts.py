"""A burst of a hundred times the usual, through the door and the digester."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.pipeline.pipe import FAR
from tests.usage.installation import Installation
from vedette import clock
from vedette.explore.datasets import datasets
from vedette.explore.fields import read_column
from vedette.issues import history
from vedette.issues.figures import issue_rows
from vedette.issues.models import Issue
from vedette.issues.shapes import Period, Scope
from vedette.issues.summary import summarize
from vedette.store import access
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
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


@pytest.mark.parametrize("few", [0, 2000])
def test_a_storm_shows_its_true_number(
    held: Installation, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the issue's page, in the list, and in any question; however its events are read."""
    monkeypatch.setattr(access, "_reader", held.store)
    monkeypatch.setattr(history, "FEW_EVENTS", few)
    held.choose(0, storm_events=20, spike_protection=False)
    for _ in range(200):
        held.send(0, error("Storm"))
    held.digest()
    assert Issue.objects.get().event_count == 200
    rows = held.stored("unstored")
    assert len(rows) == 20 + 18
    assert len(rows) + sum(row["unstored"] or 0 for row in rows) == 200
    issue = Issue.objects.get()
    visible = VisibleProjects.granted([held.projects[0].pk])
    now = clock.now()
    period = Period(start=now - timedelta(hours=2), end=now + timedelta(hours=1), label="")
    scope = Scope(visible=visible, environments=(), period=period)
    summary = summarize(issue, scope)
    assert summary.event_count == sum(bucket.count for bucket in summary.series) == 200
    (row,) = issue_rows(scope, None, [issue])
    assert row.event_count == 200
    figures = [
        read_column(one, datasets()["errors"]).expression
        for one in ("count()", "count_if(error.type,equals,Storm)", "count_if(level,equals,x)")
    ]
    columns = {f"c{at}": one for at, one in enumerate(figures)}
    select = q.Select(table="errors", projects=visible, columns=columns, start=0, end=FAR)
    assert held.store.query(select).rows == [[200, 200, 0]]
