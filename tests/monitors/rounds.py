"""A prober that plays over fractions of a second, and a disk that remembers what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from tests.monitors.sample_probe import KIND
from vedette.monitors.prober.definitions import Definition
from vedette.monitors.prober.outbox import Outbox
from vedette.monitors.prober.rounds import Prober
from vedette.probing.kinds import Probe
from vedette.spool.writer import SpoolError
from vedette.uptime.changes import State
from vedette.uptime.checks import Check, decode_checks
from vedette.uptime.policy import Policy
from vedette.uptime.standing import Standing
from vedette.wire.envelope import read_headers, walk_items

FAST = Policy(interval=0.6, timeout=0.5, retry_every=0.1)


class Disk:
    """Takes what the outbox writes; refuses so many first."""

    def __init__(self, refusals: int = 0) -> None:
        self.checks: list[Check] = []
        self.records = 0
        self.refusals = refusals

    async def append(self, meta: bytes, body: bytes) -> None:
        await asyncio.sleep(0)
        if self.refusals:
            self.refusals -= 1
            raise SpoolError(28, "no space")
        self.records += 1
        _, offset = read_headers(body)
        for item in walk_items(body, offset):
            self.checks += decode_checks(item.payload(body)).checks

    def outcomes(self, monitor: int) -> list[str]:
        return [one.outcome for one in self.checks if one.monitor == monitor]


def definition(number: int, policy: Policy = FAST, **settings: Any) -> Definition:
    settings.setdefault("address", f"host-{number}:80")
    return Definition(
        id=number,
        project_id=1 + number % 2,
        slug=f"m{number}",
        kind="sample",
        key=f"key {number}",
        environment="",
        settings=settings,
        policy=policy,
        revision=1.0,
        standing=Standing(raw=State.UP, since=1.0),
    )


def play(
    work: Callable[[Prober, Disk], Awaitable[None]],
    definitions: list[Definition],
    *,
    probe: Probe | None = None,
    canaries: Any = None,
    disk: Disk | None = None,
) -> Disk:
    """Let a prober look at these while `work` goes on."""
    kind = KIND if probe is None else replace(KIND, prepare=lambda settings: probe)
    written = disk or Disk()

    async def go() -> None:
        stopping = asyncio.Event()
        prober = Prober(Outbox(written), {"sample": kind}, canaries=canaries)
        prober.take_over(definitions)
        rounds = asyncio.create_task(prober.run(stopping))
        try:
            async with asyncio.timeout(20):
                await work(prober, written)
        finally:
            stopping.set()
            await rounds

    asyncio.run(go())
    return written


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)
