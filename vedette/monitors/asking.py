"""Looking at something at once, for a person who waits: a monitor now, or one that is not kept yet.

A monitor is looked at by the prober, as at any other time: what it finds is stored and judged.
A try is made in the caller's own process and nothing is kept of it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vedette.config import Config
from vedette.monitors.models import Monitor
from vedette.outgoing.addresses import read_networks
from vedette.probing.around import Around
from vedette.probing.kinds import probes
from vedette.probing.result import Result

_SPARE_SECONDS: Final = 10.0
_MOST_TRIES: Final = 4
_tries = threading.BoundedSemaphore(_MOST_TRIES)
_read_result = msgspec.json.Decoder(Result | None)


class CannotAsk(Exception):  # noqa: N818 - what it is
    """Nobody can look now; the text says why."""


def look_now(config: Config, monitor: Monitor) -> Result:
    """What the prober finds at once. Raises CannotAsk."""
    if monitor.is_paused:
        raise CannotAsk("the monitor is paused")
    try:
        answer = _ask(config, monitor.pk, 2 * monitor.timeout_seconds + _SPARE_SECONDS)
    except OSError:
        raise CannotAsk("the prober does not answer; it may be about to start") from None
    result: Result | None = _read_result.decode(answer) if answer else None
    if result is None:
        raise CannotAsk("the prober does not know the monitor yet; try again in a moment")
    return result


def try_out(config: Config, kind: str, settings: Mapping[str, Any], seconds: float) -> Result:
    """One run of a probe that is not kept. Raises BadSettings, CannotAsk and KeyError."""
    probe = probes()[kind].prepare(settings)
    around = Around(seconds=seconds, allowed=read_networks(config.outgoing_networks))
    if not _tries.acquire(blocking=False):
        raise CannotAsk("others are trying something out just now; try again in a moment")
    try:
        return asyncio.run(_run(probe(around)))
    finally:
        _tries.release()


async def _run(look: Any) -> Result:
    result: Result = await look
    return result


def _ask(config: Config, monitor: int, seconds: float) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(seconds)
        asking.connect(str(config.prober_socket))
        asking.sendall(msgspec.json.encode(monitor) + b"\n")
        with asking.makefile("rb") as answer:
            return answer.readline()
