"""What looking at stored segments costs the worker: reading them whole, detecting, telling.

Transactions are digested as in the product, the processes are ended, and the store is looked at
here, turn by turn.

Usage: python -m benchmarks.looking [SEGMENTS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measure, traces
from benchmarks.digest import drain, prepare, processes

_SETTLE_SECONDS = 5.0


def main(segments: int) -> None:
    """Print CPU by segment and span."""
    from benchmarks.spooling import plain
    from vedette import django_setup
    from vedette.config import load

    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        data = Path(folder).absolute() / "data"
        os.environ |= {"VEDETTE_DATA": str(data), "VEDETTE_DIGESTERS": "1"}
        prepare()
        config = load()
        now = time.time()
        bodies = [(1, traces.transaction(seed, now - seed / 100)) for seed in range(segments)]
        plain(config.spool_folder / "web-0", bodies, segments)
        with processes(1):
            drain(config.spool_folder)
            time.sleep(_SETTLE_SECONDS)
        django_setup.setup(config)
        _look(config.spool_folder, config.store_folder)


def _look(spool: Path, stored: Path) -> None:
    from vedette import items
    from vedette.detecting.looking import MOST_SEGMENTS, Looker
    from vedette.detecting.models import LookedAt
    from vedette.store.duck import DuckStore

    store = DuckStore(stored, items.tables(), memory_bytes=256 << 20, threads=1)
    try:
        best = float("inf")
        looker = Looker(store, spool, settle_seconds=0.0)
        for _ in range(6):
            LookedAt.objects.all().delete()
            looker.segments = 0
            started = time.process_time()
            looker.look()
            best = min(best, time.process_time() - started)
        measure.say("a turn", looker.segments, "segments", f"at most {MOST_SEGMENTS} of a writer")
        measure.say("CPU", best / looker.segments * 1000, "ms a segment")
        measure.say("  by span", best / looker.segments / (traces.SPANS + 1) * 1000, "ms a span")
        measure.say("problems", looker.problems, "")
    finally:
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
