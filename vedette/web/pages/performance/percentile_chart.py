"""Percentiles of durations over time."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.telemetry.series import Step
from vedette.web.charts import Marker
from vedette.web.time_charts import Series, TimeChart, time_chart
from vedette.web.wording import milliseconds

_COLOURS = {"p50": 3, "p75": 1, "p95": 2, "p99": 7}


def percentile_chart(
    steps: Sequence[Step], names: Sequence[str], markers: Sequence[Marker]
) -> TimeChart:
    """A line for each of these percentiles."""
    starts = [int(step.start.timestamp()) for step in steps]
    return time_chart(
        starts,
        starts[1] - starts[0] if len(starts) > 1 else 60,
        [
            Series(
                name=name.upper(),
                values=[step.percentiles[name] for step in steps],
                colour=_COLOURS[name],
            )
            for name in names
        ],
        milliseconds,
        markers=markers,
    )
