"""The prober as a process: its lease, what it is to look at, its status, who asks it to look now.

Without the database it goes on with what it knows; who holds the lease meanwhile finds the same
slots, so that two for a moment judge nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import secrets
import zlib
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from vedette import health
from vedette.config import Config
from vedette.leases import taking
from vedette.monitors.prober import canaries_kept, definitions
from vedette.monitors.prober.canaries import canaries_of
from vedette.monitors.prober.outbox import Outbox
from vedette.monitors.prober.rounds import MOST_AT_ONCE, Prober
from vedette.monitors.watching import LEASE
from vedette.outgoing.addresses import read_networks
from vedette.probing.kinds import ProbeKind
from vedette.spool.identity import identity_of
from vedette.spool.writer import SpoolWriter
from vedette.uptime.standing import Standing

log = logging.getLogger("vedette.prober")

_WRITER: Final = "prober."
_LEASE_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 1.0
_RELOAD_SECONDS: Final = 600.0
_SPARE_FILES: Final = 200
_MOST_ASKED: Final = 8


@dataclass(slots=True)
class _Seen:
    """What the metadata said last."""

    holds: bool = False
    version: int = -1
    renewed: float = float("-inf")
    loaded: float = float("-inf")


class _Read(NamedTuple):
    """What is new or changed, what stays as it is, and how that stands by the worker."""

    changed: list[definitions.Definition]
    stay: Collection[int]
    judged: Mapping[int, Standing]


class Service:
    """Runs one prober on the spool folder of `config`. Django must be set up."""

    def __init__(self, config: Config, kinds: dict[str, ProbeKind]) -> None:
        self._config = config
        self._kinds = kinds
        self._seen = _Seen()
        self._asked = asyncio.Semaphore(_MOST_ASKED)
        self._thread = ThreadPoolExecutor(1, "metadata")
        self._is_away = False
        self._proven: frozenset[str] = frozenset()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until the event is set. Raises Claimed if another prober writes there."""
        loop = asyncio.get_running_loop()
        config = self._config
        identity_of(config.spool_folder)  # before its writers
        folder = writer_folder(config.spool_folder)
        writer = SpoolWriter(
            folder,
            segment_bytes=config.spool_segment_bytes,
            notify=config.bell(zlib.crc32(folder.name.encode()) % config.digester_count),
        )
        writer.start(loop)
        canaries = canaries_of(config.canaries)
        self._proven = canaries_kept.read(config, canaries)
        prober = Prober(
            Outbox(writer),
            self._kinds,
            allowed=read_networks(config.outgoing_networks),
            canaries=canaries,
            proven=self._proven,
            at_once=_room_for_files(),
        )
        server = await self._listen(prober)
        rounds = loop.create_task(prober.run(stopping))
        telling = loop.create_task(self._tell(prober))
        try:
            while not stopping.is_set() and not rounds.done():
                await self._look(loop, prober)
                await asyncio.wait([rounds], timeout=_LOOK_SECONDS)
            await rounds
        finally:
            telling.cancel()
            server.close()
            config.prober_socket.unlink(missing_ok=True)
            (config.run_folder / "prober.json").unlink(missing_ok=True)
            await writer.stop()
            await loop.run_in_executor(self._thread, self._give_back)
            self._thread.shutdown()

    async def _look(self, loop: asyncio.AbstractEventLoop, prober: Prober) -> None:
        """Take over what has changed."""
        known = prober.revisions
        try:
            read = await loop.run_in_executor(self._thread, self._read, loop.time(), known)
            self._is_away = False
        except Exception as error:  # whatever the database says: what is known is looked at
            if not self._is_away:
                log.error("the metadata cannot be read: %s", error)
            self._is_away = True
            return
        if read is not None:
            prober.take_over(read.changed, read.stay)
            prober.correct(read.judged)

    async def _tell(self, prober: Prober) -> None:
        """Write down how it goes, also while the database keeps everybody waiting."""
        while True:
            try:
                await asyncio.to_thread(
                    health.note_status, self._config, "prober", self._status(prober)
                )
                proven = prober.doubts.guard.proven
                if proven != self._proven:
                    await asyncio.to_thread(canaries_kept.write, self._config, proven)
                    self._proven = proven
            except OSError as error:
                log.warning("the prober's status cannot be noted: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    def _read(self, now: float, known: Mapping[int, float]) -> _Read | None:
        """What is to be looked at; None if it is what was read last. Nothing without the lease."""
        from django.db import close_old_connections, connection

        if not connection.in_atomic_block:
            close_old_connections()
        seen = self._seen
        if now - seen.renewed >= _LEASE_SECONDS / 3:
            holds = taking.take(LEASE, seconds=_LEASE_SECONDS)
            seen.renewed = now
            if holds is not seen.holds:
                seen.holds, seen.version = holds, -1
        if not seen.holds:
            return _Read([], (), {})
        version = definitions.version()
        if version == seen.version and now - seen.loaded < _RELOAD_SECONDS:
            return None
        wanted = definitions.survey(self._kinds)
        stay = {pk for pk, revision in wanted.items() if known.get(pk) == revision}
        found = definitions.load(wanted.keys() - stay)
        is_due = now - seen.loaded >= _RELOAD_SECONDS
        seen.version, seen.loaded = version, now
        return _Read(found, stay, definitions.judged(stay) if is_due else {})

    def _give_back(self) -> None:
        try:
            if self._seen.holds:
                taking.give_back(LEASE)
        except Exception as error:
            log.warning("the prober's lease is not given back: %s", error)

    def _status(self, prober: Prober) -> dict[str, Any]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        guard = prober.doubts.guard
        return {
            "holds_lease": self._seen.holds,
            "monitors": len(prober),
            "checks": prober.lateness.turns,
            "missed_slots": prober.lateness.missed,
            "late_p99_ms": prober.lateness.p99_ms,
            "last_tick": round(prober.ticked, 3),
            "canaries": guard.canaries,
            "alarm": guard.alarm,
            "lost": prober.lost,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
        }

    async def _listen(self, prober: Prober) -> asyncio.Server:
        """A line of JSON asks to look at a monitor now; the answer is its result."""
        path = self._config.prober_socket
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                async with asyncio.timeout(60.0), self._asked:
                    asked = msgspec.json.decode(await reader.readline(), type=int)
                    result = await prober.look_now(asked)
                    writer.write(msgspec.json.encode(result) + b"\n")
                    await writer.drain()
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                log.warning("somebody asked in vain: %s", error)
            finally:
                writer.close()

        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(answer, path=str(path))
        finally:
            os.umask(before)


def writer_folder(spool_folder: Path) -> Path:
    """Where the prober of this data folder writes: under a name that no other node has, also where
    its spool is one of before spools had names (`vedette.spool.identity`)."""
    found = sorted(spool_folder.glob(f"{_WRITER}*"))
    return found[0] if found else spool_folder / f"{_WRITER}{secrets.token_hex(4)}"


def _room_for_files() -> int:
    """How many probes may be open at once: as many files as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_AT_ONCE + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_AT_ONCE if soft == resource.RLIM_INFINITY else max(soft - _SPARE_FILES, 50)
