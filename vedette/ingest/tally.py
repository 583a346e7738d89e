"""Counts of what the door turns away, on their way through the spool to the outcomes."""

from __future__ import annotations

from collections import Counter

from vedette import clock
from vedette.spool.meta import Refusal


class Tally:
    """Counts in memory until they are taken; for the event loop's thread only."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, str, str, str, int]] = Counter()

    def count(
        self, project_id: int, category: str, outcome: str, reason: str, quantity: int
    ) -> None:
        """Add to this hour's count."""
        hour = int(clock.timestamp()) // 3600 * 3600
        self._counts[(project_id, category, outcome, reason[:64], hour)] += quantity

    def take(self) -> list[Refusal]:
        """All counts; the tally is empty afterwards."""
        counted, self._counts = self._counts, Counter()
        return [Refusal(*key, quantity) for key, quantity in counted.items()]

    def put_back(self, refusals: list[Refusal]) -> None:
        """Counts that could not be written."""
        for one in refusals:
            key = (one.project_id, one.category, one.outcome, one.reason, one.hour)
            self._counts[key] += one.quantity
