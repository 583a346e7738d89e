"""A number that stays beyond a threshold: what checks captured, the days of a certificate.

Every value of the window has to lie there, so one that is well again ends the run at once. It is
decided by counting; the value itself, which messages show, is the middle one, asked of the store.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.searches import number_field, unit_of
from vedette.rules.thresholds import Threshold
from vedette.store.query import Compare, Condition, Expression, call


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which field; `least` values there must be, so that a first one alone says nothing.

    `table` is set by the rule's source.
    """

    of: Annotated[str, Meta(min_length=1, max_length=200)]
    least: Annotated[int, Meta(ge=1, le=10_000)] = 3
    table: str = "checks"


def measured(options: Value) -> Condition:
    """The rows that have a value."""
    return Compare(expression(options), "!=", None)


def part(options: Value, threshold: Threshold) -> Condition:
    """The rows whose value stands so to the threshold."""
    return Compare(expression(options), threshold.comparison, threshold.number)


def expression(options: Value) -> Expression:
    """The values. Raises BadQuery for what holds no numbers."""
    return number_field(options.of, options.table)


def figure(options: Value) -> Expression:
    """The middle one."""
    return call("quantile", expression(options), 0.5)


def judge(tally: Tally, options: Value, threshold: Threshold, window: Window) -> Verdict:
    """Whether all of them stand so, and they are enough."""
    if not tally.rows:
        return Verdict(False, None, 0)
    share = tally.part / tally.rows
    if tally.part < tally.rows:
        return Verdict(False, share, tally.rows)
    if tally.rows < options.least:
        words = f"{tally.rows} of at least {options.least} values"
        return Verdict(False, share, tally.rows, held_back=words)
    return Verdict(True, share, tally.rows)


MEASURE = Measure(
    name="value",
    help="a number that stays beyond a threshold for the whole window",
    form=Form.WINDOW,
    unit=lambda options: unit_of(options.of, options.table),
    main="of",
    options=Value,
    measured=measured,
    part=part,
    figure=figure,
    judge=judge,
    needs_rows=True,
)
