"""The door alone: 10 KB gzip envelopes, 32 connections, fsync before the 200.

Usage: python -m benchmarks.accept [SECONDS]
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import measure

KEY = "abcdef0123456789abcdef0123456789"
PORT = 18931

SERVER = """
import sys
from pathlib import Path
from functools import partial
from vedette.config import Config
from vedette.http.connection import Connection
from vedette.http.guard import Guard
from vedette.http.lag import Lag
from vedette.http.serving import serve_on_port
from vedette.ingest.app import Door
from vedette.ingest.keys import Key
from vedette.server import Server
async def nothing(scope, receive, send): pass
config = Config(data=Path(sys.argv[1]))
config.spool_folder.mkdir(parents=True)
config.body_folder.mkdir(parents=True)
door = Door(config, lambda: {KEY: Key(42)})
app = Server(door, nothing, nothing, Lag())
serve_on_port(app, "127.0.0.1", PORT, partial(Connection, Guard()))
""".replace("KEY", repr(KEY)).replace("PORT", str(PORT))


@contextmanager
def door(folder: Path) -> Iterator[int]:
    """A door that runs alone; its process id."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(folder / "data")])
    time.sleep(2)
    try:
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def main(seconds: float) -> None:
    """Measure and print."""
    measure.machine()
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        door(Path(folder)) as pid,
    ):
        before = measure.cpu_seconds(pid)
        base = f"http://127.0.0.1:{PORT}"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", base, "42", KEY, str(seconds)],
            capture_output=True,
            text=True,
            check=True,
        )
        counts = json.loads(done.stdout)
        used = measure.cpu_seconds(pid) - before
        measure.say("accepted", counts["acked"] / counts["seconds"], "events/s")
        measure.say(
            "accept, CPU", used / counts["acked"] * 1000, "ms per event", "bar 0.12, stretch 0.06"
        )
        measure.say("memory of the door", measure.memory_mb(pid), "MB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 8)
