"""Works on links side by side: a tracker that hangs keeps no other waiting."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import close_old_connections

from vedette import clock
from vedette.outgoing.crew import Crew, Errand
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers.models import TrackerLink
from vedette.trackers.working import claim, work_on

_MOST = 8
_MOST_SLOW = 4


class Workers:
    """Gives out what is due, one link a tracker at a time, to threads that are free."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._crew = Crew("trackers", most=_MOST, most_slow=_MOST_SLOW)

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single tracker."""
        return self._crew.take_turn(self._claim)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._crew.close()

    def _claim(
        self, *, besides: Collection[int], only: Collection[int] | None, most: int
    ) -> list[Errand]:
        links = claim(clock.now(), besides=besides, only=only, most=most)
        return [
            Errand(side=one.tracker_id, id=one.pk, run=partial(self._work, one)) for one in links
        ]

    def _work(self, link: TrackerLink) -> None:
        try:
            work_on(link, self._fetcher)
        finally:
            close_old_connections()
