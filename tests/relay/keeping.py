"""What is kept of a request, and the options of a relay, for tests of its parts."""

from __future__ import annotations

import time
from pathlib import Path

from tests.relay.relaying import KEY
from vedette.relay.options import Options, read_place
from vedette.relay.record import Kept


def kept(name: int = 0, *, project: str = "42", key: str = KEY, **categories: int) -> Kept:
    """A request as it is kept."""
    target = f"/api/{project}/envelope/".encode()
    counts = categories or {"error": 1}
    return Kept(f"{name:032x}", time.time(), project, key, "POST", target, [], counts)


def options(folder: Path, *, most_bytes: int = 1 << 30) -> Options:
    """Options with nothing but what must be said."""
    upstream = read_place("https://errors.example.com", "--upstream")
    return Options(upstream=upstream, folder=folder, most_bytes=most_bytes)
