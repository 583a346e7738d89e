"""How many rows."""

from __future__ import annotations

from typing import Any

from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.thresholds import Threshold


def judge(tally: Tally, options: Any, threshold: Threshold, window: Window) -> Verdict:
    """The number itself."""
    return Verdict(threshold.holds(tally.rows), float(tally.rows), tally.rows)


MEASURE = Measure(
    name="count", help="how many there are in the window", form=Form.WINDOW, judge=judge
)
