"""What was found goes into the spool, some of it together: each write is a flush of the disk."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from vedette import clock
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.writer import SpoolError
from vedette.uptime.checks import ITEM_TYPE, Check, encode_checks
from vedette.wire.envelope import build_envelope

log = logging.getLogger("vedette.prober")

FLUSH_SECONDS: Final = 0.2
SOON_SECONDS: Final = 0.01  # what decides something does not wait for company
CATEGORY: Final = "check"
_MOST_TOGETHER: Final = 500
_MOST_WAITING: Final = 50_000


class Writer(Protocol):
    """Where records go: a `vedette.spool.writer.SpoolWriter`."""

    async def append(self, meta: bytes, body: bytes) -> None:
        """On disk when it returns. Raises SpoolError."""


class Outbox:
    """Holds checks until they are written. What the disk refuses is tried again, the newest
    first to go when there are too many. For one event loop."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: dict[int, list[Check]] = defaultdict(list)
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None
        self._is_refused = False
        self.lost = 0

    def put(self, project_id: int, check: Check, *, is_urgent: bool = False) -> None:
        """To be written soon."""
        if self._count >= _MOST_WAITING:
            self.lost += 1
            return
        self._waiting[project_id].append(check)
        self._count += 1
        self._plan(SOON_SECONDS if is_urgent else FLUSH_SECONDS)

    async def close(self) -> None:
        """Write what is there."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await self._task
        await self._write()

    def _plan(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        self._timer = None
        if self._task is not None and not self._task.done():
            self._plan(SOON_SECONDS)
            return
        self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        if not self._count:
            return
        taken, self._waiting, self._count = self._waiting, defaultdict(list), 0
        parts = [(project_id, part) for project_id, held in taken.items() for part in _parts(held)]
        written = await asyncio.gather(
            *(self._writer.append(*record(project_id, part)) for project_id, part in parts),
            return_exceptions=True,
        )
        refusal = next((one for one in written if isinstance(one, SpoolError)), None)
        if refusal is not None and not self._is_refused:  # once: the log may be on the same disk
            log.error("checks are not on disk yet, and are tried again: %s", refusal)
        self._is_refused = refusal is not None
        for (project_id, part), result in zip(parts, written, strict=True):
            if isinstance(result, SpoolError):
                for check in part:
                    self.put(project_id, check)
            elif isinstance(result, BaseException):
                raise result


def record(project_id: int, checks: Sequence[Check]) -> tuple[bytes, bytes]:
    """Meta and body of an own item with these checks."""
    body = build_envelope({}, [({"type": ITEM_TYPE}, encode_checks(checks))])
    meta = Meta(
        project_id,
        clock.timestamp(),
        inflated_bytes=len(body),
        origin=Origin(uuid.uuid4().hex, CATEGORY, 0),
    )
    return encode_meta(meta), body


def _parts(checks: Sequence[Check]) -> Iterator[Sequence[Check]]:
    for start in range(0, len(checks), _MOST_TOGETHER):
        yield checks[start : start + _MOST_TOGETHER]
