"""Performance problems are looked for in the segments that have settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.loops import House, Loop
from vedette.spool import backlog

if TYPE_CHECKING:
    from vedette.detecting.looking import Looker

_MOST_BACKLOG_BYTES = 16 << 20
_lookers: dict[int, Looker] = {}


def run(house: House) -> None:
    """One look; none while the pipeline is behind, which is what matters more."""
    from vedette.detecting.looking import Looker

    if backlog.total_bytes(house.spool_folder) > _MOST_BACKLOG_BYTES:
        return
    looker = _lookers.get(id(house))
    if looker is None:
        looker = _lookers[id(house)] = Looker(house.store, house.spool_folder)
    looker.look()


LOOP = Loop(name="problems", interval_seconds=4.0, run=run, needs_lease=True)
