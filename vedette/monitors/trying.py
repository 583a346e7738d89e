"""Running a probe for a person: before it is saved, or now."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.conf import settings

from vedette.config import Config
from vedette.monitors.models import Monitor
from vedette.outgoing.addresses import read_networks
from vedette.probing.around import Around
from vedette.probing.kinds import Probe, ProbeKind
from vedette.probing.result import Outcome, Result

_AT_ONCE: Final = 4
_WAIT_SECONDS: Final = 5.0
_SPARE_SECONDS: Final = 10.0
_MOST_ANSWER: Final = 1 << 20
_places = threading.BoundedSemaphore(_AT_ONCE)


class Busy(Exception):  # noqa: N818 - what it is
    """So many are being tried that this one has to wait."""


def try_out(kind: ProbeKind, given: Mapping[str, Any], seconds: float) -> Result:
    """Run a probe of these settings once. Raises BadSettings and Busy."""
    probe = kind.prepare(given)
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise Busy("others are being tried just now: try it again in a moment")
    try:
        config: Config = settings.CONFIG
        around = Around(seconds=seconds, allowed=read_networks(config.outgoing_networks))
        return asyncio.run(_ran(probe, around))
    finally:
        _places.release()


async def _ran(probe: Probe, around: Around) -> Result:
    return await probe(around)


def look_now(monitor: Monitor) -> Result | None:
    """Ask the prober to look at once; None where none is at work. Its result is judged, too."""
    config: Config = settings.CONFIG
    seconds = monitor.timeout_seconds + _SPARE_SECONDS
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(seconds)
            line.connect(str(config.prober_socket))
            line.sendall(msgspec.json.encode(monitor.pk) + b"\n")
            answer = b""
            while not answer.endswith(b"\n") and len(answer) < _MOST_ANSWER:
                part = line.recv(65536)
                if not part:
                    break
                answer += part
        return msgspec.json.decode(answer, type=Result | None) if answer else None
    except (OSError, msgspec.MsgspecError):
        return None


def words_of(result: Result) -> str:
    """How it went, in a line."""
    if result.outcome is Outcome.OK:
        return result.text or "It answers as it should"
    return result.text or result.reason or str(result.outcome)
