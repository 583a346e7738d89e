"""How the durations of transactions spread, over time: for histogram and heat map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor

from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.telemetry.exploring import step_for
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, figure

WIDTH = 0.25  # of a bucket, in powers of two: an upper edge is 19 % above the lower
_LOWEST = -4.0  # what is quicker than 0.06 ms counts there
_MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How many of each step of time took how long.

    `edges` are the lower edges of the buckets in milliseconds, and the upper one of the last;
    `counts` has a list for each of `starts`, with a number for each bucket.
    """

    starts: list[datetime]
    edges: list[float]
    counts: list[list[float]]

    @property
    def totals(self) -> list[float]:
        """How many took how long, at any time."""
        return [sum(held) for held in zip(*self.counts, strict=True)]


def distribution(
    scope: Scope,
    where: Sequence[q.Condition],
    *,
    about: int = 48,
    of: Sequence[q.Condition] = (IS_TRANSACTION,),
) -> Distribution:
    """The transactions, or `of` what else, that fulfil conditions, in about so many steps.

    Raises StoreError.
    """
    seconds = step_for(scope, about=about)
    took = q.call("coalesce", q.call("log2", q.Field("duration")), _LOWEST)
    rows = ask_spans(
        scope,
        {
            "at": q.bucket(seconds),
            "bucket": q.call("histogram", took, WIDTH, 0.0),
            "count": figure("count()"),
        },
        [*of, *where],
        group_by=["at", "bucket"],
        limit=_MOST_ROWS,
    )
    places = [max(floor(row["bucket"] / WIDTH), floor(_LOWEST / WIDTH)) for row in rows]
    first, last = min(places, default=0), max(places, default=0)
    start = int(scope.period.start.timestamp()) // seconds * seconds
    starts = range(start, int(scope.period.end.timestamp()) + 1, seconds)
    counts = [[0.0] * (last - first + 1) for _ in starts]
    for row, place in zip(rows, places, strict=True):
        counts[(row["at"] - start) // seconds][place - first] += row["count"]
    return Distribution(
        starts=[datetime.fromtimestamp(at, UTC) for at in starts],
        edges=[2 ** (place * WIDTH) for place in range(first, last + 2)],
        counts=counts,
    )
