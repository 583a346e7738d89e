"""A backup of a filled folder beside the running product, a second one, verifying and restoring.

Usage: python -m benchmarks.backup [SECONDS [DATA]]
The folder is filled with 10 KB errors for so many seconds, or is one that a product runs on
already, which is only read. Then a backup is taken while errors come in at a calm rate.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import measure
from benchmarks.load import Load
from benchmarks.running import product

_CALM_RATE = 50.0


def main(seconds: float, data: Path | None) -> None:
    """Measure and print."""
    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as name:
        folder = Path(name).absolute()
        if data is not None:
            _measure(folder, data, dict(os.environ))
            return
        with product() as (running, project):
            load = Load(running.base, project["id"], project["public_key"], groups=200)
            asyncio.run(load.run(seconds, connections=8))
            sent = load.counts["acked"]
            running.wait(lambda: sum(running.outcomes(project).values()) >= sent, seconds=300)
            calm = Load(running.base, project["id"], project["public_key"], groups=200)
            thread = threading.Thread(target=lambda: asyncio.run(calm.run(600, 2, _CALM_RATE)))
            thread.start()
            try:
                _measure(folder, running.folder, running.environment)
            finally:
                calm.end = time.monotonic()
                thread.join()
            refused = calm.counts["refused"] + calm.counts["failed"]
            measure.say("refused or failed meanwhile", refused, "requests", "bar 0")


def _measure(folder: Path, data: Path, environment: dict[str, str]) -> None:
    repository = folder / "repository"
    here = ("--data", str(data))
    for turn in ("first backup", "second backup"):
        _time(turn, environment, "backup", "--to", str(repository), *here)
        held = json.loads(max(repository.glob("backups/*.json")).read_bytes())["backup"]
        size = sum(file["size"] for file in held["files"])
        measure.say(f"{turn}, of", size / 1e6, "MB")
        measure.say(f"{turn}, written", held["written_bytes"] / 1e6, "MB")
    _time("verify", environment, "verify", "--to", str(repository), *here)
    target = ("--data", str(folder / "restored"))
    _time("restore", environment, "restore", "--from", str(repository), *target)


def _time(name: str, environment: dict[str, str], *words: str) -> None:
    before, began = _cpu(), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "vedette", *words], env=environment, check=True, capture_output=True
    )
    measure.say(f"{name}, CPU", _cpu() - before, "s", f"{time.monotonic() - began:.1f} s in all")


def _cpu() -> float:
    """CPU seconds of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 10.0,
        Path(sys.argv[2]).absolute() if len(sys.argv) > 2 else None,
    )
