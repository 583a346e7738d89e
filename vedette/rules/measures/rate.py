"""How many rows a second, minute or hour, over the window."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.thresholds import Threshold

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The unit of time."""

    per: Literal["second", "minute", "hour"] = "minute"


def judge(tally: Tally, options: Rate, threshold: Threshold, window: Window) -> Verdict:
    """Rows by the window's length."""
    value = tally.rows * _SECONDS[options.per] / window.seconds
    return Verdict(threshold.holds(value), value, tally.rows)


MEASURE = Measure(
    name="rate",
    help="how many there are a minute",
    form=Form.WINDOW,
    main="per",
    options=Rate,
    judge=judge,
)
