"""Everything together: load for a while, then nothing lost and memory flat.

Usage: python -m benchmarks.sustained [SECONDS [RATE [CONNECTIONS]]]
RATE 0 sends as fast as the door answers. Prints throughput, memory over time, what was
acknowledged and what the store holds afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks import measure
from benchmarks.running import health, product, stored_errors

_SAMPLE_SECONDS = 1.0
_DRAIN_SECONDS = 1200.0


def main(seconds: float, rate: float, connections: int) -> None:
    """Measure and print."""
    measure.machine()
    with product() as (running, project):
        assert running.process is not None
        pids = measure.children(running.process.pid)
        time.sleep(3)
        names = {pid: measure.role(pid) for pid in pids}
        measure.say(
            "memory, idle",
            sum(measure.memory_apart_mb(pids).values()),
            "MB",
            "bar 250, stretch 180",
        )
        before = {pid: measure.cpu_seconds(pid) for pid in pids}
        started = time.monotonic()
        load = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", running.base, project["id"],
             project["public_key"], str(seconds), str(connections), "200", str(rate)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        samples: list[tuple[float, dict[int, float], int]] = []
        while load.poll() is None:
            time.sleep(_SAMPLE_SECONDS)
            backlog = health(running)["spool"]["backlog_bytes"]
            samples.append((time.monotonic() - started, measure.memory_apart_mb(pids), backlog))
        output, _ = load.communicate()
        counts = json.loads(output)
        at_end = stored_errors(running)
        drained = time.monotonic()
        while stored_errors(running) < counts["acked"]:
            if time.monotonic() - drained > _DRAIN_SECONDS:
                break
            time.sleep(0.2)
        elapsed = time.monotonic() - started
        stored = stored_errors(running)
        used = {pid: measure.cpu_seconds(pid) - before[pid] for pid in pids}
        measure.say("acknowledged", counts["acked"], "events", f"in {counts['seconds']:.0f} s")
        measure.say("refused (429)", counts["refused"], "events")
        measure.say("accepted", counts["acked"] / counts["seconds"], "events/s")
        measure.say("accepted and digested", stored / elapsed, "events/s", "bar 3,000")
        measure.say("still to digest when the load ended", counts["acked"] - at_end, "events")
        measure.say("lost", counts["acked"] - stored, "events", "bar 0")
        total = sum(used.values())
        measure.say("CPU of all processes", total / max(stored, 1) * 1000, "ms per event")
        measure.say("CPU of the load generator", counts["cpu_seconds"], "s")
        for at, memory, backlog in samples[:: max(1, len(samples) // 12)]:
            held = sum(memory.values())
            print(f"  after {at:6.0f} s  memory {held:7.1f} MB  backlog {backlog / 1e6:8.1f} MB")
        peak = max((memory for _, memory, _ in samples), key=lambda held: sum(held.values()))
        measure.say("memory, highest under load", sum(peak.values()), "MB", "bar 400, stretch 350")
        for pid, held in peak.items():
            measure.say(f"  {names[pid]}, then", held, "MB", f"CPU {used[pid]:.1f} s in all")
        running.stop()  # until a checkpoint logs of up to 55 MB stand beside the files
        size = sum(f.stat().st_size for f in (running.folder / "store").rglob("*") if f.is_file())
        measure.say("disk, store", size / max(stored, 1), "bytes per event", "bar 1,800")


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 60,
        float(sys.argv[2]) if len(sys.argv) > 2 else 0,
        int(sys.argv[3]) if len(sys.argv) > 3 else 32,
    )
