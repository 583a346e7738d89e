"""Pages that are to be rendered by themselves, and how much of the machine that may take.

What people write goes first and is not held back; it is not known here. Of what waits, pages on
which something stands otherwise go before those whose minute is over, and of each the one that
waits longest. All together they get a share of one core, so that hundreds of pages, or what flaps
on them, hold up neither what somebody writes nor the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_SHARES: Final = {True: 0.5, False: 0.05}  # of a core: for changes, and for what only grew older
_MOST_SAVED_SECONDS: Final = 1.0  # what was not used earlier gives no right to a long turn


class Waiting:
    """Times are steady seconds. What is rendered is told by `took`."""

    def __init__(self) -> None:
        self._since: dict[int, tuple[bool, float]] = {}
        self._rests_until = dict.fromkeys(_SHARES, float("-inf"))
        self._at_work = True

    def add(self, page: int, now: float, *, is_changed: bool) -> None:
        """It is due; one that waits already keeps its place, or moves to the changed ones."""
        known = self._since.get(page)
        if known is None or (is_changed and not known[0]):
            self._since[page] = (is_changed, now)

    def remove(self, page: int) -> None:
        """It was rendered, or is gone."""
        self._since.pop(page, None)

    def next_ones(self, now: float) -> Iterator[int]:
        """Pages for this turn, as long as their share lasts; each is to be told by `took`."""
        for share in _SHARES:
            waiting = [page for page, (is_changed, _) in self._since.items() if is_changed is share]
            for page in sorted(waiting, key=lambda one: (self._since[one][1], one)):
                if self._rests_until[share] > now:
                    break
                self._at_work = share
                yield page
                self.remove(page)

    def took(self, now: float, seconds: float) -> None:
        """The page that was given last took so much of a core."""
        begun = max(self._rests_until[self._at_work], now - _MOST_SAVED_SECONDS)
        self._rests_until[self._at_work] = begun + seconds / _SHARES[self._at_work]
