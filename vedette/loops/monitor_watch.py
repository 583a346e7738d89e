"""Watches the prober of this node: that nobody looks is told, as nothing else would tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette import clock, health
from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.monitors.watching import Watcher

_watchers: dict[int, Watcher] = {}


def run(house: House) -> None:
    """One look."""
    from vedette.monitors.watching import Watcher, trouble_of

    config, now = house.config, clock.now()
    watcher = _watchers.get(id(house))
    if watcher is None:
        watcher = _watchers[id(house)] = Watcher()
    status = health.read_status(config, "prober")
    trouble = trouble_of(status, is_wanted=config.prober_wanted.exists(), now=now)
    watcher.look(trouble, now)


LOOP = Loop(name="monitor watch", interval_seconds=20.0, run=run)
