"""The value that all but a share of the rows stay below: P95 of a duration.

It is decided by counting, not by computing it: P95 lies above a threshold exactly when more than
5 % of the values do. The value itself, which messages show, is asked of the store.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from vedette.rules.guard import wilson
from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.searches import is_duration, number_field
from vedette.rules.thresholds import Threshold
from vedette.store.query import Compare, Condition, Expression, call


class Percentile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which percentile, 1 to 99.99, of which field; `table` is set by the rule's source."""

    percentile: Annotated[float, Meta(ge=1, le=99.99)] = 95.0
    of: Annotated[str, Meta(max_length=200)] = "duration"
    table: str = "spans"


def measured(options: Percentile) -> Condition:
    """The rows that have a value."""
    return Compare(expression(options), "!=", None)


def part(options: Percentile, threshold: Threshold) -> Condition:
    """The rows beyond the threshold; the larger ones for an upper bound and for its opposite."""
    sign = ">" if threshold.comparison in (">", "<=") else ">="
    return Compare(expression(options), sign, threshold.number)  # type: ignore[arg-type]


def expression(options: Percentile) -> Expression:
    """What the percentile is of. Raises BadQuery for what holds no numbers."""
    return number_field(options.of, options.table)


def unit(options: Percentile) -> str:
    """Of durations milliseconds."""
    return "ms" if is_duration(options.of, options.table) else ""


def figure(options: Percentile) -> Expression:
    """The percentile itself."""
    return call("quantile", expression(options), options.percentile / 100)


def judge(tally: Tally, options: Percentile, threshold: Threshold, window: Window) -> Verdict:
    """Whether more than the percentile's rest lies beyond the threshold."""
    if not tally.rows:
        return Verdict(False, None, 0)
    rest = 100.0 - options.percentile
    is_beyond = tally.part * 100.0 > rest * tally.rows
    share = tally.part / tally.rows
    if not threshold.is_upper:
        return Verdict(not is_beyond, share, tally.rows)
    if not is_beyond or window.guard is None:
        return Verdict(is_beyond, share, tally.rows)
    lower, _ = wilson(tally.part, tally.rows, window.guard.wilson)
    if tally.rows < window.guard.min_samples:
        words = f"{tally.rows} of at least {window.guard.min_samples} samples"
        return Verdict(False, share, tally.rows, lower, words)
    if lower * 100.0 <= rest:
        return Verdict(False, share, tally.rows, lower, "so few samples may show this by chance")
    return Verdict(True, share, tally.rows, lower)


MEASURE = Measure(
    name="percentile",
    help="the value that all but the slowest stay below",
    form=Form.WINDOW,
    unit=unit,
    main="percentile",
    options=Percentile,
    measured=measured,
    part=part,
    figure=figure,
    judge=judge,
    needs_guard=True,
    needs_rows=True,
)
