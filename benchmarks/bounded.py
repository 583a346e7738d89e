"""A bound of the data folder under a flood: held, and nothing younger gone before its turn.

Usage: python -m benchmarks.bounded [SECONDS [BOUND_MB [MB_A_SECOND]]], by default half an hour.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

from benchmarks import measure
from benchmarks.running import product, stored_errors
from tests.flow.flood import choose_bound, event, recording
from vedette.store import query as q
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects

_SIZE = 200_000
_MB = 1 << 20


def main(seconds: float, bound_mb: float, rate_mb: float) -> None:
    """Measure and print."""
    measure.machine()
    with product(disk_free_min_bytes="64mb") as (running, project):
        bound = int(bound_mb * _MB)
        choose_bound(running, bound)
        time.sleep(8)
        most = sent = events = refused = 0
        started = time.monotonic()
        looked = 0.0
        while (elapsed := time.monotonic() - started) < seconds:
            taken = running.send(project, recording(_SIZE))[0] == 200
            sent, refused = sent + taken, refused + (not taken)
            events += running.send(project, event()[1])[0] == 200
            if elapsed - looked > 1:
                looked, most = elapsed, max(most, _size(running.folder))
            time.sleep(
                max(0.0, started + (sent + refused) * _SIZE / (rate_mb * _MB) - time.monotonic())
            )
        time.sleep(5)
        measure.say("sent", sent * _SIZE / _MB, "MB", f"of recordings; {refused} refused")
        measure.say("bound", bound / _MB, "MB")
        measure.say("largest", most / _MB, "MB", "bar: the bound and a tenth")
        measure.say(
            "events stored",
            stored_errors(running),
            "events",
            f"of {events} acknowledged: of one issue 10,000 an hour, then one of ten",
        )
        kept, gap = _kept(running.folder)
        measure.say(
            "recordings left", kept, "rows", f"of {sent}, all younger than what went: {gap}"
        )


def _kept(folder: Path) -> tuple[int, bool]:
    """How many recordings are left, and whether those are the last without a gap."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table="kept_items",
        columns={"position": q.Field("position"), "at": q.TIME},
        start=0,
        end=1 << 61,
        limit=1 << 30,
    )
    rows = StoreClient(folder / "run" / "store.sock").query(select).rows
    times = sorted(at for _, at in rows)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return len(rows), max(gaps, default=0) < 10_000_000


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # files come and go
            continue
    return size


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    main(*(given + [1800.0, 512.0, 2.0][len(given) :]))
