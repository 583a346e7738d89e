"""Status pages are rendered: at once when something changed, else every minute, to disk as well."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.statuspages.turning import Turner

_turners: dict[int, Turner] = {}


def run(house: House) -> None:
    """One turn; nothing where there are no pages."""
    from vedette.statuspages.models import StatusPage

    turner = _turners.get(id(house))
    if turner is None and not StatusPage.objects.exists():
        return
    if turner is None:
        from vedette.loops._status_paces import paces_of
        from vedette.statuspages.turning import Turner

        turner = _turners[id(house)] = Turner(house.config.data, paces_of)
    turner.turn(time.monotonic())


LOOP = Loop(name="status pages", interval_seconds=1.0, run=run, needs_lease=True)
