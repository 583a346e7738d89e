"""A spool writer for a while: what a loop of the worker has for the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from vedette.spool.writer import SpoolWriter


class SpoolRun:
    """The writer of one run: one segment for all it writes, none if there is nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner()
        self._writer: SpoolWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with self._runner as runner:
            if self._writer is not None:
                runner.run(self._writer.stop())

    def append(self, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Write the records; they are on disk when it returns. Raises SpoolError."""
        if not records:
            return
        if self._writer is None:
            self._writer = SpoolWriter(self._folder, segment_bytes=64 << 20)
            self._writer.start(self._runner.get_loop())
        self._runner.run(_append(self._writer, records))


async def _append(writer: SpoolWriter, records: Sequence[tuple[bytes, bytes]]) -> None:
    await asyncio.gather(*(writer.append(meta, body) for meta, body in records))
