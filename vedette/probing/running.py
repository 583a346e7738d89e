"""One run of a probe: its deadline, its times, and a result whatever happens.

A kind writes `async def look(run: Run) -> None`, which returns if all is well and raises `Failed`
if not; `probe_of` makes a probe of it.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from vedette.probing.around import Around
from vedette.probing.bounds import bounded
from vedette.probing.conceal import conceal
from vedette.probing.conditions import Budget, Mismatch, Pattern
from vedette.probing.kinds import Probe
from vedette.probing.result import Outcome, Result

log = logging.getLogger(__name__)

COMMON_REASONS = frozenset({"dns", "connect", "reset", "timeout", "config_error", "internal"})
_CONVERSATION_STEPS = 30_000_000  # of patterns, which are matched in the loop
_OURS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL, errno.EACCES}
)


class Failed(Exception):  # noqa: N818 - what it is
    """Why it is not well. `evidence` is added to that of the run."""

    def __init__(
        self, reason: str, text: str, *, outcome: Outcome = Outcome.FAIL, **evidence: Any
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text
        self.outcome = outcome
        self.evidence = evidence

    def bare(self) -> Failed:
        """The same without its traceback, whose frames would hold what it is held by."""
        return Failed(self.reason, self.text, outcome=self.outcome, **self.evidence)


def misconfigured(text: str) -> Failed:
    """The settings are at fault, not the target."""
    return Failed("config_error", text, outcome=Outcome.UNKNOWN)


class Run:
    """What is learned while a probe runs."""

    __slots__ = (
        *("around", "at", "began", "budget", "captured", "evidence", "facts", "phases", "status"),
    )

    def __init__(self, around: Around) -> None:
        self.around = around
        self.at = ""
        self.budget = Budget(_CONVERSATION_STEPS)
        self.began = time.perf_counter()
        self.phases: dict[str, float] = {}
        self.facts: dict[str, Any] = {}
        self.captured: dict[str, float] = {}
        self.evidence: dict[str, Any] = {}
        self.status: int | None = None

    @property
    def milliseconds(self) -> float:
        """Since it began."""
        return (time.perf_counter() - self.began) * 1000

    def fits(self, pattern: Pattern, data: bytes) -> bool:
        """Whether what was said in a conversation fits. Raises Failed where all of that takes
        longer than patterns may.
        """
        text = data.decode("utf-8", "replace")
        try:
            self.budget.spend(pattern.size, text)
        except Mismatch as mismatch:
            raise misconfigured(f"{pattern.written}: {mismatch}") from None
        return pattern.fits(text)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add what happens within to the time of a phase."""
        began, self.at = time.perf_counter(), name
        try:
            yield
        finally:
            spent = (time.perf_counter() - began) * 1000
            self.phases[name] = self.phases.get(name, 0.0) + spent


def probe_of(look: Callable[[Run], Awaitable[None]], secrets: Iterable[str] = ()) -> Probe:
    """A probe that looks so; none of the secrets is in its results."""
    hidden = tuple(secrets)

    async def probe(around: Around) -> Result:
        run = Run(around)
        failed: Failed | None = None
        try:
            async with asyncio.timeout(around.seconds):
                await look(run)
        except Failed as error:
            failed = error.bare()
        except TimeoutError:
            at = f" ({run.at})" if run.at else ""
            failed = Failed("timeout", f"not done within {around.seconds:g} s{at}")
        except OSError as error:
            failed = of_system(error, run.at)
        except Exception as error:
            log.exception("A probe broke.")
            words = f"the probe itself broke: {type(error).__name__}"
            failed = Failed("internal", words, outcome=Outcome.UNKNOWN)
        return _result(run, failed, hidden)

    return probe


def of_system(error: OSError, at: str) -> Failed:
    """What the system said, as a failure: our own want of resources says nothing of a target."""
    words = error.strerror or str(error) or type(error).__name__
    if error.errno in _OURS:
        return Failed("internal", f"our own system: {words}", outcome=Outcome.UNKNOWN)
    if isinstance(error, ConnectionError) and at not in ("", "connect"):
        return Failed("reset", f"the connection was closed: {words}")
    return Failed("connect", words)


def _result(run: Run, failed: Failed | None, hidden: tuple[str, ...]) -> Result:
    if failed is None:
        made = Result(
            outcome=Outcome.OK,
            duration_ms=run.milliseconds,
            phases=run.phases,
            status=run.status,
            captured=run.captured,
            facts=run.facts,
        )
    else:
        made = Result(
            outcome=failed.outcome,
            reason=failed.reason,
            text=failed.text,
            duration_ms=run.milliseconds,
            phases=run.phases,
            status=run.status,
            captured=run.captured,
            facts=run.facts,
            evidence=run.evidence | failed.evidence,
        )
    return bounded(conceal(made, hidden) if hidden else made)
