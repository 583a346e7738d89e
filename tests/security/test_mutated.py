"""A short run of the program that sends mutated requests over everything that is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REQUESTS = "1500"
OPENED = ("--issues", "40", "--events", "2")
ROOT = Path(__file__).parent.parent.parent


def test_no_mutated_request_breaks_anything() -> None:
    """No 5xx, no process ended, controls stored once and right, every page of what came a 200.

    The whole of it, 50,000 requests, is `python -m benchmarks.mutated`.
    """
    command = [sys.executable, "-m", "benchmarks.mutated", REQUESTS, *OPENED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-3000:]
