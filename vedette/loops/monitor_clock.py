"""Maintenance of monitors begins and ends, stalled probes are noticed, what waited is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.loops import House, Loop
from vedette.spool import backlog

if TYPE_CHECKING:
    from vedette.monitors.ticking import Ticker

_tickers: dict[int, Ticker] = {}


def run(house: House) -> None:
    """One turn; nothing where there are no monitors."""
    from vedette.monitors.models import Monitor
    from vedette.monitors.ticking import Ticker

    if not Monitor.objects.exists():
        return
    ticker = _tickers.get(id(house))
    if ticker is None:
        ticker = _tickers[id(house)] = Ticker()
    behind = backlog.age_seconds(house.spool_folder)
    with house.owner.pausing():
        ticker.tick(behind)


LOOP = Loop(name="monitor clock", interval_seconds=2.0, run=run, needs_lease=True)
