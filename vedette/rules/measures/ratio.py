"""Which share of the rows fulfils a condition: failures of all."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from vedette.rules.guard import wilson
from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.searches import condition
from vedette.rules.thresholds import Threshold
from vedette.store.query import Condition


class Ratio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A search for those that are counted as the part; `table` is set by the rule's source."""

    of: Annotated[str, Meta(max_length=2000)]
    table: str = "errors"


def part(options: Ratio, threshold: Threshold) -> Condition:
    """The rows of the part. Raises SearchError."""
    return condition(options.of, options.table)


def judge(tally: Tally, options: Any, threshold: Threshold, window: Window) -> Verdict:
    """The share; with a guard its interval must lie beyond the threshold."""
    return judge_share(tally.part, tally.rows, threshold, window)


def judge_share(part: int, whole: int, threshold: Threshold, window: Window) -> Verdict:
    """A verdict about `part / whole`."""
    if not whole:
        return Verdict(False, None, 0)
    share = part / whole
    if window.guard is None or not threshold.holds(share):
        return Verdict(threshold.holds(share), share, whole)
    lower, upper = wilson(part, whole, window.guard.wilson)
    bound = lower if threshold.is_upper else upper
    if whole < window.guard.min_samples:
        words = f"{whole} of at least {window.guard.min_samples} samples"
        return Verdict(False, share, whole, bound, words)
    if not threshold.holds(bound):
        return Verdict(False, share, whole, bound, "so few samples may show this by chance")
    return Verdict(True, share, whole, bound)


MEASURE = Measure(
    name="ratio",
    help="the share that fulfils a search",
    form=Form.WINDOW,
    main="of",
    options=Ratio,
    part=part,
    judge=judge,
    is_share=True,
    needs_guard=True,
)
