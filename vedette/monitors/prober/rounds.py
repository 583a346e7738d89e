"""The rounds of the prober: who is due is looked at, and what was found is judged and handed on.

The prober's own judgement only plans the next look; what counts is judged by the worker. A slow
target holds nobody up, and what is known of a target is never made worse by our own troubles.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from vedette import clock
from vedette.monitors.prober.canaries import Canary
from vedette.monitors.prober.definitions import Definition
from vedette.monitors.prober.doubts import Doubts
from vedette.monitors.prober.lateness import Lateness, LoopLag
from vedette.monitors.prober.outbox import Outbox
from vedette.monitors.prober.watched import Watched, watched
from vedette.outgoing.addresses import Network
from vedette.probing.kinds import ProbeKind
from vedette.probing.result import Outcome, Result
from vedette.uptime.changes import State
from vedette.uptime.checks import Check
from vedette.uptime.judging import Finding, judge
from vedette.uptime.slots import Slots, Turn, offset_of
from vedette.uptime.standing import Standing

log = logging.getLogger("vedette.prober")

MOST_AT_ONCE: Final = 2000
_IDLE_SECONDS: Final = 1.0
_NAP_SECONDS: Final = 0.005  # timers are coarse: to wait for less would be to wait in a circle
_BEYOND_SECONDS: Final = 5.0  # a probe ends by itself; one that does not is ended
_RELIABLE_SECONDS: Final = 0.05
_BEGUN_PER_SECOND: Final = 100.0  # a thousand new ones are no burst
_AGAIN_SECONDS: Final = 5.0  # over so long the looks after an alarm are spread


class Prober:
    """For one event loop. `canaries` are asked by name, `proven` are those that are known to
    answer; `at_once` bounds the open probes."""

    def __init__(
        self,
        outbox: Outbox,
        kinds: Mapping[str, ProbeKind],
        *,
        allowed: Sequence[Network] = (),
        canaries: Mapping[str, Canary] | None = None,
        proven: Iterable[str] = (),
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._outbox = outbox
        self._kinds = kinds
        self._allowed = allowed
        self._slots = Slots()
        self._watched: dict[int, Watched] = {}
        self._room = asyncio.Semaphore(at_once)
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = time.monotonic()
        self.doubts = Doubts(canaries or {}, self._look_again, proven)
        self.lateness = Lateness()
        self.lag = LoopLag()
        self.ticked = 0.0

    @property
    def lost(self) -> int:
        """Checks that nobody will hear of: the disk did not take them."""
        return self._outbox.lost

    def __len__(self) -> int:
        return len(self._watched)

    @property
    def revisions(self) -> dict[int, float]:
        """What is looked at, by number."""
        return {pk: held.definition.revision for pk, held in self._watched.items()}

    def take_over(self, definitions: Iterable[Definition], stay: Collection[int] = ()) -> None:
        """Look at these from now on, besides those that stay as they are; at no others.

        What has not changed keeps its turn.
        """
        wanted = {one.id: one for one in definitions}
        for gone in self._watched.keys() - wanted.keys() - set(stay):
            self._forget(gone)
        for place, definition in enumerate(self._changed(wanted.values())):
            self._begin(definition, place / _BEGUN_PER_SECOND)
        self._wake.set()

    def correct(self, standings: Mapping[int, Standing]) -> int:
        """Take over what was judged, where it differs after the same result; how many did."""
        count = 0
        for pk, standing in standings.items():
            held = self._watched.get(pk)
            if held is None or standing.judged_at != held.standing.judged_at:
                continue  # another result is on its way to be judged
            mine = held.standing
            if (standing.raw, standing.fails) != (mine.raw, mine.fails):
                held.standing = standing
                count += 1
        return count

    def _changed(self, wanted: Iterable[Definition]) -> list[Definition]:
        found = []
        for one in wanted:
            held = self._watched.get(one.id)
            if held is None or held.definition.revision != one.revision:
                found.append(one)
        return found

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until the event is set; what was found is handed on."""
        self.lag.start()
        loop = asyncio.get_running_loop()
        stop = loop.create_task(stopping.wait())
        stop.add_done_callback(lambda _: self._wake.set())
        try:
            while not stopping.is_set():
                self._turn(loop.time())
                wait = self._slots.wait(loop.time())
                idle = _IDLE_SECONDS if wait is None else min(wait, _IDLE_SECONDS)
                await self._sleep(max(idle, _NAP_SECONDS))
        finally:
            stop.cancel()
            self.lag.stop()
            await self._end()

    async def look_now(self, monitor: int) -> Result | None:
        """Look at once, whoever's turn it is, as a check like others; None if it is not known."""
        held = self._watched.get(monitor)
        if held is None:
            return None
        if held.task is not None:
            await asyncio.wait([held.task])
        self._slots.forget(monitor)
        result: list[Result] = []
        turn = Turn(monitor, clock.timestamp(), 0.0, is_retry=True)
        held.task = self._spawn(self._look(held, turn, result.append))
        await asyncio.wait([held.task])
        return result[0] if result else None

    async def _sleep(self, seconds: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _turn(self, steady: float) -> None:
        """Begin what has come."""
        self.ticked = clock.timestamp()
        for turn in self._slots.take(steady):
            held = self._watched.get(turn.id)
            if held is None:
                continue
            if turn.late > held.definition.policy.interval:
                self._miss(held, turn)
                continue
            self.lateness.note(turn.late)
            held.task = self._spawn(self._look(held, turn))
        self.doubts.look(steady)

    def _miss(self, held: Watched, turn: Turn) -> None:
        """So late says nothing of its slot: the process slept, or the machine did."""
        self.lateness.missed += 1
        result = Result(outcome=Outcome.UNKNOWN, reason="late", text="the prober was held up")
        self._hand_on(held, turn, result, lag=0.0)
        self._plan(held)

    async def _look(
        self, held: Watched, turn: Turn, hear: Callable[[Result], None] = lambda result: None
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with self._room:
                began = loop.time()
                result = await self._run(held)
                lag = self.lag.since(began)
            if self._watched.get(held.definition.id) is not held:
                return
            result, held.is_doubted = await self.doubts.weigh(
                held.standing, held.definition.policy, held.hosts, result, began=began
            )
            self._hand_on(held, turn, result, lag=lag)
            hear(result)
        finally:
            held.task = None
            if self._watched.get(held.definition.id) is held:
                self._plan(held, turn)

    async def _run(self, held: Watched) -> Result:
        """The probe, whatever it does."""
        try:
            async with asyncio.timeout(held.around.seconds + _BEYOND_SECONDS):
                return await held.probe(held.around)
        except TimeoutError:
            words = "the probe did not end by itself"
        except Exception as error:
            log.exception("a probe of the kind %s failed", held.definition.kind)
            words = f"the probe failed: {type(error).__name__}"
        return Result(outcome=Outcome.UNKNOWN, reason="internal", text=words)

    def _look_again(self) -> None:
        """Those whose results were not believed, within a few seconds."""
        for held in self._watched.values():
            if held.is_doubted:
                held.is_doubted = False
                if held.task is None:
                    wait = offset_of(held.definition.key, _AGAIN_SECONDS)
                    self._plan(held, retry_in=wait)
        self._wake.set()

    def _hand_on(self, held: Watched, turn: Turn, result: Result, *, lag: float) -> None:
        definition = held.definition
        now = clock.timestamp()
        held_for = definition.policy.hold - (time.monotonic() - self._started)
        is_reliable = lag < max(_RELIABLE_SECONDS, result.duration_ms / 10_000)
        finding = Finding(turn.due, result.outcome, result.duration_ms, is_reliable)
        before = held.standing
        held.standing, changes = judge(definition.policy, before, finding, now=now)
        held.attempt = held.attempt + 1 if held.standing.is_verifying else 0
        check = Check(
            monitor=definition.id,
            slug=definition.slug,
            kind=definition.kind,
            due=turn.due,
            at=now,
            outcome=result.outcome,
            reason=result.reason,
            text=result.text,
            ms=round(result.duration_ms, 3),
            phases={name: round(ms, 3) for name, ms in result.phases.items()},
            status=result.status,
            captured=result.captured,
            facts=result.facts,
            evidence=result.evidence,
            attempt=max(held.attempt - 1, 0),
            late=round(turn.late * 1000, 3),
            lag=round(lag * 1000, 3),
            is_reliable=is_reliable,
            hold_until=now + held_for if held_for > 0 else 0.0,
            environment=definition.environment,
        )
        self._outbox.put(definition.project_id, check, is_urgent=bool(changes) or turn.is_retry)

    def _plan(
        self, held: Watched, turn: Turn | None = None, *, retry_in: float | None = None
    ) -> None:
        """The next look: at its slot, sooner while a failure waits to be believed."""
        policy, wall = held.definition.policy, clock.timestamp()
        if turn is not None and held.standing.is_verifying and not self.doubts.guard.is_closed:
            retry_in = max(min(turn.due + policy.retry_every - wall, policy.retry_every), 0.0)
        steady = asyncio.get_running_loop().time()
        self._slots.plan(
            held.definition.id,
            held.definition.key,
            policy.interval,
            wall=wall,
            steady=steady,
            retry_in=retry_in,
        )
        if retry_in is not None:
            self._wake.set()

    def _begin(self, definition: Definition, soon: float) -> None:
        """A new one is looked at `soon`, in seconds, as is one that looks at something else now."""
        before = self._watched.get(definition.id)
        held = watched(definition, self._kinds[definition.kind], self._allowed)
        self._watched[definition.id] = held
        is_fresh = held.standing.raw is State.NEW or held.standing.is_verifying
        if before is not None:
            is_fresh = before.definition.settings != definition.settings
        self._plan(held, retry_in=soon if is_fresh else None)

    def _forget(self, monitor: int) -> None:
        held = self._watched.pop(monitor)
        self._slots.forget(monitor)
        if held.task is not None:
            held.task.cancel()

    def _spawn(self, work: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _end(self) -> None:
        """Probes under way are given up: they say nothing."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=2.0)
        await self.doubts.close()
        await self._outbox.close()
