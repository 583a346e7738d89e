"""The pipeline alone: spooled 10 KB envelopes through every step into store and metadata.

Worker and digester run as they do in the product, in processes of their own, on a spool that
was filled before.

Usage: python -m benchmarks.digest [EVENTS [GROUPS [DIGESTERS]]]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WARM_UP = 1024
_SETTLE_SECONDS = 5.0  # the last rows are flushed within three


def main(events: int, groups: int, digesters: int) -> None:
    """Fill a spool, drain it, print CPU per event and per step, and the disk it took."""
    from benchmarks import measure
    from benchmarks.events import Gzipped, payload
    from benchmarks.spooling import fill

    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        data = Path(folder).absolute() / "data"
        os.environ |= {"VEDETTE_DATA": str(data), "VEDETTE_DIGESTERS": str(digesters)}
        from vedette.config import load

        prepare()
        config = load()
        now = time.time()
        bodies = [Gzipped(payload(group, group * 7919, now)) for group in range(groups)]
        spools = [config.spool_folder / f"web-{index}" for index in range(digesters)]
        for spool in spools:
            fill(spool, bodies, _WARM_UP)
        with processes(digesters) as pids:
            drain(config.spool_folder)
            time.sleep(_SETTLE_SECONDS)
            size = size_of(config.store_folder)
            steps = steps_of(config.run_folder)
            before = [measure.cpu_seconds(pid) for pid in pids]
            began = time.perf_counter()
            count = sum(fill(spool, bodies, events // digesters) for spool in spools)
            filled = time.perf_counter()
            drain(config.spool_folder)
            wall = time.perf_counter() - filled
            time.sleep(_SETTLE_SECONDS)
            spent = [measure.cpu_seconds(pid) - old for pid, old in zip(pids, before, strict=True)]
            total = sum(spent)
            measure.say("digest, CPU", total / count * 1000, "ms per event", "bar 0.33")
            measure.say("digest, CPU", total / count * 1000, "s per 1,000")
            measure.say("  of it the owner", spent[0] / count * 1e6, "µs per event")
            measure.say("  of it digesters", sum(spent[1:]) / count * 1e6, "µs per event")
            measure.say("the spool was filled in", filled - began, "s")
            measure.say("and drained after that in", wall, "s")
            for name, seconds in steps_of(config.run_folder).items():
                took = (seconds - steps.get(name, 0.0)) / count * 1e6
                measure.say(f"  {name}", took, "µs per event (wall)")
        taken = size_of(config.store_folder) - size
        sqlite = sum(path.stat().st_size for path in data.glob("vedette.sqlite3*"))
        measure.say("payload as sent", len(payload(1, 1, now)), "bytes")
        measure.say("disk, store", taken / count, "bytes per event", "bar 1,800 with all indexes")
        measure.say("disk, metadata", sqlite / count, "bytes per event")


def prepare() -> None:
    code = (
        "from vedette import django_setup; from vedette.config import load\n"
        "django_setup.setup(load()); django_setup.migrate()\n"
        "from vedette.projects import first_run; first_run.prepare()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def processes(digesters: int) -> Iterator[list[int]]:
    """The worker and the digesters; ended in order."""
    roles = [["worker"], *(["digester", "--index", str(index)] for index in range(digesters))]
    started = [
        subprocess.Popen([sys.executable, "-m", "vedette", "run", *role], stderr=subprocess.DEVNULL)
        for role in roles
    ]
    try:
        yield [process.pid for process in started]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def drain(spool: Path) -> None:
    """Wait until everything is consumed."""
    from vedette.spool import backlog

    while backlog.total_bytes(spool):
        time.sleep(0.02)


def steps_of(run: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads((run / "worker.json").read_text())["step_seconds"]
    return found


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 200,
        int(sys.argv[3]) if len(sys.argv) > 3 else 1,
    )
