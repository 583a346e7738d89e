"""A tracker of each kind on loopback, and the issues here that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.conftest import fetcher, make, project
from tests.sink import Sink
from tests.trackers.fakes import ENTRIES, FAKES, TOKEN, FakeTracker
from vedette import clock

__all__ = ["fetcher", "make", "project"]


@pytest.fixture(params=sorted(FAKES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fake(kind: str) -> Iterator[FakeTracker]:
    """The other side."""
    made = FAKES[kind]()
    with Sink(made) as sink:
        made.url = sink.url
        yield made


@pytest.fixture
def tracker(project: Any, kind: str, fake: FakeTracker) -> Any:
    """Connected as a form does it."""
    from vedette.configuration import Author
    from vedette.configuration._writing import the_kind, write
    from vedette.trackers.models import Tracker

    entry = {
        "name": "Bugs",
        "kind": kind,
        "url": fake.url,
        "token": TOKEN,
        "hook_secret": "hush",
        **ENTRIES[kind],
    }
    assert write(project.organization, the_kind("trackers"), entry, Author()) == []
    return Tracker.objects.get()


@pytest.fixture
def client() -> Any:
    """A caller whom nobody knows."""
    from django.test import Client

    return Client()


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on."""
    passed = [timedelta(0)]
    timestamp = clock.timestamp

    def go_on(**span: float) -> None:
        passed[0] += timedelta(**span)

    monkeypatch.setattr(clock, "timestamp", lambda: timestamp() + passed[0].total_seconds())
    return go_on


@pytest.fixture
def domain(rollback: None) -> Any:
    from vedette.config import Config
    from vedette.reactions._domain import ReactingDomain

    return ReactingDomain(Config(), issues_per_hour=10_000)


@pytest.fixture
def issue(domain: Any, project: Any) -> Any:
    """One that has begun just now."""
    from tests.reactions.seen import event
    from vedette.issues.models import Issue

    domain.apply([event(project, 1, clock.timestamp())], writer="w", position=1)
    return Issue.objects.select_related("project").get()


@pytest.fixture
def work(fetcher: Any) -> Any:
    """Everything that is due for trackers."""

    def go_on() -> None:
        from vedette.trackers.working import wake_changed, work_due

        wake_changed()
        for _ in range(50):
            if not work_due(fetcher):
                return
        raise AssertionError("there is always something to do")

    return go_on
