"""A monitor in the prober's hands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from vedette.monitors.prober.definitions import Definition
from vedette.outgoing.addresses import Network
from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, Probe, ProbeKind
from vedette.probing.result import Outcome, Result
from vedette.uptime.standing import Standing

log = logging.getLogger("vedette.prober")


@dataclass(slots=True)
class Watched:
    """Its definition, a probe that is ready, and the prober's own standing of it.

    `is_doubted`: the last result was not believed; `task` is a look that is under way.
    """

    definition: Definition
    probe: Probe
    hosts: frozenset[str]
    around: Around
    standing: Standing
    attempt: int = 0
    is_doubted: bool = False
    task: asyncio.Task[None] | None = None


def watched(definition: Definition, kind: ProbeKind, allowed: Sequence[Network]) -> Watched:
    """Ready to be looked at."""
    try:
        if definition.fault:
            raise BadSettings({"secrets": definition.fault})
        probe = kind.prepare(definition.settings)
        hosts = kind.hosts(definition.settings)
    except BadSettings as error:
        probe, hosts = _saying("config_error", str(error)), frozenset()
    except Exception as error:  # of one monitor: the others are looked at all the same
        log.exception("no probe can be made of the monitor %s", definition.slug)
        words = f"no probe can be made of it: {type(error).__name__}"
        probe, hosts = _saying("internal", words), frozenset()
    around = Around(seconds=definition.policy.timeout, allowed=allowed)
    return Watched(definition, probe, hosts, around, definition.standing)


def _saying(reason: str, words: str) -> Probe:
    """A configuration that cannot be used is no failure of the target."""

    async def probe(around: Around) -> Result:
        return Result(outcome=Outcome.UNKNOWN, reason=reason, text=words[:400])

    return probe
