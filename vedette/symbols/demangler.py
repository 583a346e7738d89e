"""A process that demangles names which may be built to take all memory.

It has a bound of memory and answers line for line; if it dies of a name, that name stays as it
is. Names that kill it again and again are not even tried for a while.
"""

from __future__ import annotations

import re
import resource
import select
import subprocess
import sys
import threading
from typing import IO

import pydemumble

from vedette import clock

_MEMORY_BYTES = 64 << 20
_MOST_NAME = 16_000  # of an answer, in characters
_SECONDS = 2.0
_MOST_DEATHS = 5
_REST_SECONDS = 60.0
_RUST_HASH = re.compile(r"::h[0-9a-f]{16}$")


def demangled(symbol: str) -> str:
    """The name behind a symbol; empty for none."""
    return _RUST_HASH.sub("", pydemumble.demangle(symbol))[:_MOST_NAME]


class Demangler:
    """The process, started when it is first needed. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._since = 0.0

    def demangle(self, symbol: str) -> str:
        """The name behind a symbol; empty for none, and for one that cannot be read."""
        if not symbol.isascii() or not symbol.isprintable():
            return ""
        with self._lock:
            if self._is_resting():
                return ""
            answer = self._ask(symbol)
            if answer is None:
                self._stop()
            return answer or ""

    def _is_resting(self) -> bool:
        now = clock.timestamp()
        if not 0 <= now - self._since < _REST_SECONDS:
            self._since, self._deaths = now, 0
        return self._deaths >= _MOST_DEATHS

    def _ask(self, symbol: str) -> str | None:
        """None if no answer came."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(symbol.encode() + b"\n")
            process.stdin.flush()
            return _line(process.stdout)
        except OSError:
            return None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vedette.symbols.demangler"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        self._deaths += 1
        if process is not None:
            process.kill()
            process.communicate()


def _line(stream: IO[bytes]) -> str | None:
    """The next line; None if it does not come in time."""
    ready, _, _ = select.select([stream], [], [], _SECONDS)
    line = stream.readline() if ready else b""
    return line.decode("utf-8", "replace").rstrip("\n") if line.endswith(b"\n") else None


def main() -> None:
    """Answer each line of the input with the name behind it."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (held + _MEMORY_BYTES,) * 2)
    for line in sys.stdin.buffer:
        name = demangled(line.decode("ascii").rstrip("\n"))
        sys.stdout.buffer.write(name.replace("\n", " ").encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
