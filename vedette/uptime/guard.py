"""The probe's guard: is it they, or is it our own network?

When a mass of monitors that were up fails within one interval, or no canary answers, what they
say of the targets is nothing. It ends when a canary answers; then all are looked at again at
once, and what fails now is believed. A canary counts once it has answered: one that never did
tells nothing. Where none ever did, a mass failure is believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MASS_SHARE: Final = 0.6
MASS_LEAST: Final = 5
WATCHED_SECONDS: Final = 60.0
CANARY_SECONDS: Final = 60.0  # between two looks at canaries while all is well
ALARM_SECONDS: Final = 5.0  # and while it is not
_BELIEVED_SECONDS: Final = 120.0  # after an alarm was cleared the same failure raises no other


class Guard:
    """Takes results and canaries' answers, says what may be believed. Times are steady.

    `proven` are canaries that have answered before it was made.
    """

    def __init__(self, proven: Iterable[str] = ()) -> None:
        self._last: dict[str, tuple[float, bool]] = {}  # by host: when, and whether it failed
        self._proven = set(proven)
        self._answers: dict[str, bool] = {}
        self.looked_at = float("-inf")
        self._believed_until = float("-inf")
        self.alarm = ""

    @property
    def is_closed(self) -> bool:
        """Whether results say nothing now."""
        return bool(self.alarm)

    @property
    def proven(self) -> frozenset[str]:
        """The canaries that have answered."""
        return frozenset(self._proven)

    @property
    def canaries(self) -> dict[str, bool]:
        """By name whether it answered last; only those that count."""
        return {name: is_there for name, is_there in self._answers.items() if name in self._proven}

    def wants_canaries(self, now: float) -> bool:
        """Whether to look at them, by the clock."""
        wait = ALARM_SECONDS if self.is_closed else CANARY_SECONDS
        return now - self.looked_at >= wait

    def looked(self, now: float, answers: dict[str, bool]) -> bool:
        """What canaries answered; True if results may be believed again: look at all at once."""
        self.looked_at = now
        self._answers = answers
        self._proven |= {name for name, is_there in answers.items() if is_there}
        self._proven &= answers.keys()
        counting = self.canaries
        if counting and not any(counting.values()):
            self.alarm = "no canary answers"
            return False
        if not self.is_closed:
            return False
        self.alarm = ""
        self._believed_until = now + _BELIEVED_SECONDS
        self._last.clear()
        return True

    def saw(self, now: float, hosts: Iterable[str], *, has_failed: bool, was_up: bool) -> bool:
        """One result. True if by it a mass has failed, and canaries have to be asked.

        A monitor that was not up before tells nothing. Hosts are counted once.
        """
        for host in hosts:
            if not has_failed:
                self._last[host] = (now, False)
            elif was_up or self._last.get(host, (0.0, False))[1]:
                self._last[host] = (now, True)
        if not has_failed or self.is_closed or now < self._believed_until:
            return False
        recent = [one for at, one in self._last.values() if now - at <= WATCHED_SECONDS]
        failed = sum(recent)
        if failed < MASS_LEAST or failed <= MASS_SHARE * len(recent):
            return False
        self.alarm = f"{failed} of {len(recent)} hosts fail at once"
        return True
