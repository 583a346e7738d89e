"""A relay: what taking costs while the upstream is away, and sending on when it is back.

Usage: python -m benchmarks.relay [SECONDS [AT_ONCE]]
10 KB gzip envelopes over 32 connections, fsync before the 200; the upstream is a door alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measure
from benchmarks.accept import KEY, PORT, door
from tests.relay.relaying import Relaying

_LEAST_REQUESTS = 2000  # so that what is measured is no chance


def main(seconds: float, at_once: int) -> None:
    """Measure and print."""
    measure.machine()
    upstream = f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as name:
        folder = Path(name).absolute()
        with Relaying(folder / "relay", upstream, "--at-once", str(at_once)) as relay:
            assert relay.process is not None
            pid = relay.process.pid
            time.sleep(2)
            measure.say("memory, idle", measure.memory_mb(pid), "MB", "bar 60")
            sent = _take(relay, pid, seconds)
            with door(folder):
                _send_on(relay, pid, sent)
            measure.say("memory, highest", measure.highest_memory_mb(pid), "MB resident")


def _take(relay: Relaying, pid: int, seconds: float) -> int:
    before = measure.cpu_seconds(pid)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", relay.base, "42", KEY, str(seconds)],
        capture_output=True,
        text=True,
        check=True,
    )
    counts = json.loads(done.stdout)
    used = measure.cpu_seconds(pid) - before
    measure.say("taken", counts["acked"] / counts["seconds"], "requests/s")
    measure.say("refused or failed", counts["refused"] + counts["failed"], "requests", "bar 0")
    measure.say("taking, CPU", used / counts["acked"] * 1e6, "ms per 1,000")
    measure.say("memory under load", measure.memory_mb(pid), "MB")
    assert counts["acked"] > _LEAST_REQUESTS
    return int(counts["acked"])


def _send_on(relay: Relaying, pid: int, sent: int) -> None:
    relay.wait(lambda: relay.health()["delivered"] > 0, seconds=90)
    first, began, before = relay.health()["delivered"], time.monotonic(), measure.cpu_seconds(pid)
    while relay.health()["delivered"] < sent:
        time.sleep(0.2)
    elapsed, used = time.monotonic() - began, measure.cpu_seconds(pid) - before
    measure.say("sent on", (sent - first) / elapsed, "requests/s")
    measure.say("sending on, CPU", used / (sent - first) * 1e6, "ms per 1,000")
    measure.say("memory then", measure.memory_mb(pid), "MB")


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 8,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1,
    )
