"""Spans through the pipeline: transactions and streamed containers into the store.

Worker and digester run as they do in the product, on a spool that was filled before; the door's
share is measured by itself, over its own code for an envelope of that size.

Usage: python -m benchmarks.spans [SPANS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, traces
from benchmarks.digest import drain, prepare, processes, size_of, steps_of

_WARM_UP = 200
_SETTLE_SECONDS = 5.0


def main(spans: int) -> None:
    """Print CPU and disk per span for each way of sending them."""
    measure.machine()
    for name, make in (("transactions", traces.transaction), ("streamed", traces.container)):
        _run(name, make, spans)


def _run(name: str, make: Callable[[int, float], bytes], spans: int) -> None:
    from benchmarks.spooling import plain
    from vedette.config import load

    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        data = Path(folder).absolute() / "data"
        os.environ |= {"VEDETTE_DATA": str(data), "VEDETTE_DIGESTERS": "1"}
        prepare()
        config = load()
        now = time.time()
        each = traces.SPANS + 1
        number = spans // each  # all differ: ids that come again would be stored once
        bodies = [(1, make(seed, now - seed / 100)) for seed in range(number + _WARM_UP)]
        spool = config.spool_folder / "web-0"
        plain(spool, bodies[number:], _WARM_UP)
        with processes(1) as pids:
            drain(config.spool_folder)
            time.sleep(_SETTLE_SECONDS)
            size, steps = size_of(config.store_folder), steps_of(config.run_folder)
            before = [measure.cpu_seconds(pid) for pid in pids]
            count = plain(spool, bodies, number) * each
            drain(config.spool_folder)
            time.sleep(_SETTLE_SECONDS)
            spent = [measure.cpu_seconds(pid) - old for pid, old in zip(pids, before, strict=True)]
            measure.say(f"{name}: digest, CPU", sum(spent) / count * 1000, "ms a span", "bar 0.06")
            measure.say("  of it the owner", spent[0] / count * 1e6, "µs a span")
            measure.say("  of it the digester", sum(spent[1:]) / count * 1e6, "µs a span")
            for step, seconds in steps_of(config.run_folder).items():
                took = (seconds - steps.get(step, 0.0)) / count * 1e6
                measure.say(f"  {step}", took, "µs a span (wall)")
        taken = size_of(config.store_folder) - size
        measure.say(
            f"{name}: as sent", sum(len(body) for _, body in bodies) / len(bodies) / each, "B"
        )
        measure.say(f"{name}: disk", taken / count, "bytes a span", "bar 150")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
