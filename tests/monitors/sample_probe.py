"""A kind of probe for tests: it connects to a port, and has a secret."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, Probe, ProbeField, ProbeKind, Settings
from vedette.probing.result import Outcome, Result


def prepare(settings: Settings) -> Probe:
    """Needs an address."""
    if not settings.get("address"):
        raise BadSettings({"address": "HOST:PORT"})
    host, _, port = str(settings["address"]).rpartition(":")

    async def probe(around: Around) -> Result:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(around.seconds):
                _, writer = await asyncio.open_connection(host, int(port))
        except OSError as error:
            return Result(outcome=Outcome.FAIL, reason="refused", text=type(error).__name__)
        writer.close()
        return Result(outcome=Outcome.OK, duration_ms=(time.perf_counter() - began) * 1000)

    return probe


def _host(settings: Settings) -> frozenset[str]:
    return frozenset({str(settings.get("address", ""))})


def sample() -> dict[str, Any]:
    """Settings."""
    return {"address": "127.0.0.1:9", "token": "a secret"}


KIND = ProbeKind(
    name="sample",
    label="Sample",
    help="Connects.",
    fields=(
        ProbeField(name="address", label="Address", is_needed=True, is_address=True),
        ProbeField(name="token", label="Token", is_secret=True),
    ),
    reasons=frozenset({"refused"}),
    prepare=prepare,
    target=lambda settings: str(settings.get("address", "")),
    hosts=_host,
    sample=sample,
)
