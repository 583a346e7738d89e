"""The world of the tests of pages, with jobs and monitors in it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import alice, bob, charlie, nobody, world
from vedette import clock

if TYPE_CHECKING:
    from tests.jobs.sending import Jobs
    from tests.web.world import World

__all__ = ["alice", "bob", "charlie", "nobody", "world"]


@pytest.fixture
def jobs(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Jobs of the shop, and their time, by which the spool goes as well."""
    from tests.jobs.sending import Jobs

    monkeypatch.setattr("vedette.spool.backlog.time", SimpleNamespace(time=clock.timestamp))

    yield Jobs(world)
    clock.turn(0)
