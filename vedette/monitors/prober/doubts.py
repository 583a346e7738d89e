"""Whether a result may be believed: the guard, and the canaries that it asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from vedette.monitors.prober.canaries import Canary, ask
from vedette.probing.result import Outcome, Result
from vedette.uptime.changes import State
from vedette.uptime.guard import Guard
from vedette.uptime.policy import Policy
from vedette.uptime.standing import Standing

log = logging.getLogger("vedette.prober")


class Doubts:
    """For one event loop. `look_again` is called when what was not believed may be so again."""

    def __init__(
        self,
        canaries: Mapping[str, Canary],
        look_again: Callable[[], None],
        proven: Iterable[str] = (),
    ) -> None:
        self._canaries = canaries
        self._look_again = look_again
        self._looking: asyncio.Task[None] | None = None
        self.guard = Guard(proven)

    def look(self, steady: float) -> None:
        """Ask the canaries, if it is time to."""
        if self._canaries and self.guard.wants_canaries(steady):
            self._ask()

    async def weigh(
        self,
        standing: Standing,
        policy: Policy,
        hosts: Iterable[str],
        result: Result,
        *,
        began: float,
    ) -> tuple[Result, bool]:
        """The result, or that nothing is known where our own network is to blame; and which.

        `began` is when the probe did, of the loop's time.
        """
        if result.outcome is Outcome.UNKNOWN:
            return result, False
        has_failed = result.outcome is Outcome.FAIL
        was_up = standing.raw in (State.UP, State.DEGRADED)
        now = asyncio.get_running_loop().time()
        if self.guard.saw(now, hosts, has_failed=has_failed, was_up=was_up):
            log.warning("%s: nothing is believed until canaries were asked", self.guard.alarm)
            self._ask()
            return _doubted(result, self.guard.alarm), True
        if not has_failed:
            return result, False
        if standing.raw is not State.DOWN and standing.fails + 1 >= policy.fail_after:
            await self._ask_before_a_verdict(began)
        if self.guard.is_closed:
            return _doubted(result, self.guard.alarm), True
        return result, False

    async def close(self) -> None:
        """Ask no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _ask_before_a_verdict(self, began: float) -> None:
        """It needs canaries that have answered since."""
        if self._canaries and self.guard.looked_at < began:
            self._ask()
        if self._looking is not None:
            await asyncio.wait([self._looking])

    def _ask(self) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        was_closed = self.guard.is_closed
        try:
            answers = await ask(self._canaries)
            is_over = self.guard.looked(asyncio.get_running_loop().time(), answers)
        finally:
            self._looking = None
        if self.guard.is_closed and not was_closed:
            log.warning("%s: nothing is believed until one does", self.guard.alarm)
        if is_over:
            log.warning("what was not believed is looked at again, and believed")
            self._look_again()


def _doubted(result: Result, why: str) -> Result:
    return Result(
        outcome=Outcome.UNKNOWN,
        reason="guard",
        text=f"not believed, {why}: {result.text or result.reason}"[:400],
    )
