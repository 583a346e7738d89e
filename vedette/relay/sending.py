"""Sends what waits to the upstream: few connections, in order, again and again until it is taken.

What the upstream's answers mean is `verdict`'s to say; here they are carried out.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from pathlib import Path

from vedette import clock
from vedette.relay.known import Known
from vedette.relay.lanes import Lanes
from vedette.relay.limits import Limits
from vedette.relay.line import Line, NotReached
from vedette.relay.losses import LIMITED, Losses
from vedette.relay.options import Options
from vedette.relay.parcel import Gone, Parcel, open_parcel
from vedette.relay.queue import Entry
from vedette.relay.record import Kept, encode_kept
from vedette.relay.refusals import Refusals
from vedette.relay.shelf import Shelf
from vedette.relay.shelves import Shelves
from vedette.relay.verdict import Ruling, Verdict, judge, wait_for_limits
from vedette.spool.writer import SpoolError

log = logging.getLogger("vedette.relay")

_IDLE_SECONDS = 1.0
_STEPS_BACK_AFTER = 5
_AWAY = frozenset({502, 503, 504, 508})  # of a gateway: nobody's requests get through


class Sending:
    """Owns the connections. `ring` tells it that there is something to be sent."""

    def __init__(
        self,
        options: Options,
        shelves: Shelves,
        limits: Limits,
        losses: Losses,
        known: Known,
        bodies: Path,
    ) -> None:
        self._options = options
        self._shelves = shelves
        self._limits = limits
        self._losses = losses
        self.known = known
        self._bodies = bodies
        self._bell = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        self._refusals = Refusals()
        self._busy = 0
        self._lanes = Lanes(options.connections)
        self._failures = 0
        self._resume_at = 0.0
        self.statuses: Counter[int] = Counter()
        self.delivered = 0
        self.last_success: float | None = None
        self.last_error: tuple[float, str] | None = None

    @property
    def is_reaching(self) -> bool:
        """Whether the upstream took the last thing that was sent."""
        return self._failures == 0

    def start(self) -> None:
        """Begin to send."""
        self._workers = [
            asyncio.create_task(self._work()) for _ in range(self._options.connections)
        ]

    async def stop(self) -> None:
        """End; what is under way is sent again at the next start, under its name."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def ring(self) -> None:
        """There is something to be sent."""
        self._bell.set()

    async def _work(self) -> None:
        line = Line(self._options)
        try:
            while True:
                if not await self._refill():
                    await asyncio.sleep(self._options.first_pause_seconds)
                found = self._next()
                if found is None:
                    await self._rest()
                    continue
                self._busy += 1
                is_known = found[1].is_known
                self._lanes.begin(is_known=is_known)
                try:
                    await self._deliver(line, *found)
                except Exception:
                    log.exception("a request could not be sent on; it is tried again")
                    self._again(*found, wait=self._options.longest_pause_seconds)
                finally:
                    self._busy -= 1
                    self._lanes.end(is_known=is_known)
        finally:
            line.close()

    async def _refill(self) -> bool:
        """Learn what else waits; False if the files cannot be read just now."""
        try:
            for shelf in self._shelves:
                if shelf.wants_more and await shelf.refill():
                    self.ring()
        except Exception:  # no handles, for one: whoever sends must outlive that
            log.exception("what waits cannot be read; it is tried again")
            return False
        return True

    def _next(self) -> tuple[Shelf, Entry] | None:
        """What is to be sent now. While the upstream is away, one at a time asks for it."""
        if time.monotonic() < self._resume_at or (self._failures and self._busy):
            return None
        for is_known in self._lanes.in_turn():
            for shelf in self._shelves:
                entry = shelf.queue.next(is_known=is_known)
                if entry is not None:
                    return shelf, entry
        return None

    async def _rest(self) -> None:
        rests = [shelf.queue.rests_for() for shelf in self._shelves]
        seconds = min((rest for rest in rests if rest is not None), default=_IDLE_SECONDS)
        pause = self._resume_at - time.monotonic()
        self._bell.clear()
        if any(shelf.wants_more for shelf in self._shelves):
            return
        try:
            async with asyncio.timeout(max(min(seconds, _IDLE_SECONDS), pause, 0.01)):
                await self._bell.wait()
                await asyncio.sleep(max(self._resume_at - time.monotonic(), 0.0))
        except TimeoutError:
            return

    async def _deliver(self, line: Line, shelf: Shelf, entry: Entry) -> None:
        try:
            parcel = open_parcel(entry)
        except Gone as error:
            if not entry.is_gone:
                log.error("a request is lost: %s", error)
            self._done(shelf, entry)
            return
        except OSError as error:
            log.error("a request cannot be read; it is tried again: %s", error)
            self._again(shelf, entry, wait=self._options.first_pause_seconds)
            return
        with parcel.file:
            kept = parcel.kept
            wait = wait_for_limits(self._limits, kept)
            if wait is None:
                ruling = await self._ask(line, parcel, entry)
            elif wait <= self._options.longest_wait_seconds:
                ruling = Ruling(Verdict.WAIT, wait_seconds=wait)
            else:
                ruling = Ruling(Verdict.LIMITED)
            await self._carry_out(ruling, shelf, entry, parcel)

    async def _ask(self, line: Line, parcel: Parcel, entry: Entry) -> Ruling:
        try:
            answer = await line.ask(parcel)
        except NotReached as error:
            return self._failed(entry, str(error), is_away=True)
        self.statuses[answer.status] += 1
        kept = parcel.kept
        self._limits.learn(kept.group, kept.key, answer.headers.get(b"x-sentry-rate-limits", b""))
        ruling = judge(answer, kept, self._limits, self._options.longest_wait_seconds)
        if ruling.verdict is Verdict.AGAIN:
            self.last_error = (clock.timestamp(), ruling.text)
            is_away = answer.status in _AWAY
            failed = self._failed(entry, ruling.text, is_away=is_away)
            return failed._replace(wait_seconds=max(failed.wait_seconds, ruling.wait_seconds))
        self._reached()
        return ruling

    def _reached(self) -> None:
        if self._failures:
            log.warning("the upstream takes things again")
        self._failures = 0
        self._resume_at = 0.0
        self.last_success = clock.timestamp()
        self.ring()

    def _failed(self, entry: Entry, text: str, *, is_away: bool) -> Ruling:
        """Try again later; if the upstream itself is away, everything waits for it."""
        entry.failures += 1
        if entry.failures == 1:
            entry.successes_before = self.delivered
        self.last_error = (clock.timestamp(), text)
        if is_away:
            self._failures += 1
            self._resume_at = time.monotonic() + pause_after(self._failures, self._options)
            if self._failures == 1:
                log.warning("the upstream does not take things: %s", text)
        wait = 0.0 if is_away else pause_after(entry.failures, self._options)
        others_pass = self.delivered > entry.successes_before
        if entry.failures >= _STEPS_BACK_AFTER and others_pass:
            return Ruling(Verdict.STEP_BACK, wait_seconds=wait, text=text)
        return Ruling(Verdict.AGAIN, wait_seconds=wait, text=text)

    async def _carry_out(self, ruling: Ruling, shelf: Shelf, entry: Entry, parcel: Parcel) -> None:
        kept, verdict = parcel.kept, ruling.verdict
        if verdict in (Verdict.AGAIN, Verdict.WAIT):
            self._again(shelf, entry, wait=ruling.wait_seconds, kept=kept)
        elif verdict is Verdict.STEP_BACK:
            await self._step_back(shelf, entry, parcel, ruling)
        else:
            if verdict is Verdict.TAKEN:
                self.delivered += 1
                self.known.accept(kept.sender)
            elif verdict is Verdict.LIMITED:
                self._losses.count((kept.project, kept.key), kept.categories, LIMITED)
            elif verdict is Verdict.DROPPED:
                self._losses.note(ruling.categories, "rate_limited")
            elif not await self._set_aside(shelf, parcel, ruling):
                self._again(shelf, entry, wait=self._options.longest_pause_seconds, kept=kept)
                return
            self._done(shelf, entry)

    async def _set_aside(self, shelf: Shelf, parcel: Parcel, ruling: Ruling) -> bool:
        """Keep apart what will never be taken; False if it could not be written."""
        self._refusals.note(ruling.text)
        self._losses.note(parcel.kept.categories, "refused")
        return await self._copy(shelf, parcel, is_refused=True)

    async def _step_back(self, shelf: Shelf, entry: Entry, parcel: Parcel, ruling: Ruling) -> None:
        """Others of its project get through: it waits behind them from now on, under its name."""
        if entry.is_gone or not await self._copy(shelf, parcel, is_refused=False):
            self._again(shelf, entry, wait=ruling.wait_seconds, kept=parcel.kept)
        else:
            self._done(shelf, entry)

    async def _copy(self, shelf: Shelf, parcel: Parcel, *, is_refused: bool) -> bool:
        body = await asyncio.to_thread(parcel.copy, self._bodies)
        try:
            if is_refused:
                await self._shelves.set_aside(parcel.kept, body)
            else:
                await shelf.append(encode_kept(parcel.kept), body)
        except SpoolError as error:
            log.error("a request could not be put elsewhere: %s", error)
            return False
        finally:
            if isinstance(body, Path):
                body.unlink(missing_ok=True)
        return True

    def _again(self, shelf: Shelf, entry: Entry, *, wait: float, kept: Kept | None = None) -> None:
        if not entry.is_gone:
            shelf.queue.put_back(entry, wait)
            return
        shelf.queue.leave(entry)  # given up while it was under way, and not taken
        if kept is not None:
            self._losses.count((kept.project, kept.key), kept.categories, "cache_overflow")

    def _done(self, shelf: Shelf, entry: Entry) -> None:
        shelf.finish(entry)
        shelf.queue.leave(entry)


def pause_after(failures: int, options: Options) -> float:
    """Seconds until the next try: twice as long each time, up to a bound, no two alike."""
    longest = options.longest_pause_seconds
    pause = min(options.first_pause_seconds * 2.0 ** min(failures - 1, 30), longest)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret, only spread
