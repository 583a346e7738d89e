"""How far an audit is, on a terminal: one line that goes away when it is done."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TextIO

_EVERY_SECONDS = 0.1
_WIDTH = 30


class Progress:
    """A bar on `stream` while it lasts; nothing at all where that is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()
        self._whole = 0
        self._next = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_shown and self._next:
            self._write("\r\x1b[K")

    def tell(self, count: int, word: str) -> None:
        """`count` files are found, or read; told ten times a second at most."""
        if word == "found":
            self._whole = count
        now = time.monotonic()
        if not self._is_shown or now < self._next:
            return
        self._next = now + _EVERY_SECONDS
        done = 0 if word == "found" else count
        filled = _WIDTH * done // max(1, self._whole)
        bar = "━" * filled + "─" * (_WIDTH - filled)
        self._write(f"\r\x1b[K{bar} {done:,} of {self._whole:,} files")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
