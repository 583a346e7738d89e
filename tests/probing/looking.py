"""Running a probe as its caller does, in a loop of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from vedette.outgoing.addresses import read_networks
from vedette.probing.around import Around
from vedette.probing.kinds import probes
from vedette.probing.result import Outcome, Result

LOOPBACK = read_networks("127.0.0.0/8 ::1/128")


def look(kind: str, *, seconds: float = 5.0, **settings: Any) -> Result:
    """One run of a kind against loopback."""
    probe = probes()[kind].prepare(settings)
    result = asyncio.run(probe(Around(seconds=seconds, allowed=LOOPBACK)))
    assert not result.reason or result.reason in probes()[kind].reasons
    return result


def said(result: Result) -> tuple[Outcome, str]:
    """What matters of most results."""
    return result.outcome, result.reason
