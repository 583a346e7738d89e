"""Many more rows than at the same hour of the days before."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from vedette.rules.guard import spike_tail
from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.thresholds import Threshold


class Spike(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least count; the days of the baseline, whose multiple is the threshold.

    `cold_count` is what fires while there is no history of a day; `tail` the probability below
    which the count cannot be chance: 1,000 series and 288 windows a day make 0.003 false a day.
    """

    min_count: Annotated[int, Meta(ge=1, le=10**9)] = 10
    days: Annotated[int, Meta(ge=1, le=30)] = 7
    cold_count: Annotated[int, Meta(ge=1, le=10**9)] = 25
    tail: Annotated[float, Meta(gt=0, lt=1)] = 1e-8


def judge(tally: Tally, options: Spike, threshold: Threshold, window: Window) -> Verdict:
    """Against the mean of the baseline, and against what its scatter allows."""
    if not tally.baseline:
        is_many = tally.rows >= options.cold_count
        return Verdict(is_many is threshold.is_upper, None, tally.rows)
    mean = sum(tally.baseline) / len(tally.baseline)
    times = tally.rows / mean if mean else float(tally.rows)
    if not threshold.is_upper:
        return Verdict(threshold.holds(times), times, tally.rows, mean)
    if tally.rows < options.min_count or not threshold.holds(times):
        return Verdict(False, times, tally.rows, mean)
    if spike_tail(tally.rows, list(tally.baseline)) >= options.tail:
        return Verdict(False, times, tally.rows, mean, "the days before scatter as much")
    return Verdict(True, times, tally.rows, mean)


MEASURE = Measure(
    name="spike",
    help="many more than at this hour on other days",
    form=Form.WINDOW,
    unit=lambda options: "times",
    main="min_count",
    options=Spike,
    judge=judge,
    has_baseline=True,
)
