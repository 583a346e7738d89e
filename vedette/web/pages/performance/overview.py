"""How a transaction fares: charts, samples to look at, statuses and issues."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.issues.models import Issue
from vedette.issues.shapes import Bucket
from vedette.telemetry.distribution import distribution
from vedette.telemetry.examples import Examples, examples
from vedette.telemetry.performance import Figures
from vedette.telemetry.series import PERCENTILES, series
from vedette.telemetry.spans import same
from vedette.telemetry.transaction_issues import Ending, endings, issues_in
from vedette.web.charts import BarChart, bar_chart
from vedette.web.pages.performance.drawing import HeatMap, Histogram, heat_map, histogram
from vedette.web.pages.performance.percentile_chart import percentile_chart
from vedette.web.release_links import marks_over
from vedette.web.scope import SharedFilter
from vedette.web.time_charts import TimeChart


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLink:
    """A transaction to look at; `at` is when it ended, in seconds since 1970."""

    trace_id: str
    span_id: str
    at: int
    took: float
    status: str
    is_failed: bool
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the view shows; shares are from 0 to 1."""

    chart: TimeChart
    counts: BarChart
    histogram: Histogram
    heat_map: HeatMap
    endings: list[tuple[Ending, float]]
    samples: list[tuple[str, str, list[SampleLink]]]
    issues: list[tuple[Issue, int]]


def make_overview(shared: SharedFilter, name: str, now: Figures) -> Overview:
    """Of the transactions of this name. Raises StoreError."""
    scope, mine = shared.scope, [same("transaction", name)]
    steps = series(scope, mine)
    starts = [step.start for step in steps]
    spread = distribution(scope, mine)
    ended = endings(scope, name)
    whole = sum(one.count for one in ended) or 1
    return Overview(
        chart=percentile_chart(steps, PERCENTILES, marks_over(starts, scope, shared.query)),
        counts=bar_chart(
            [Bucket(start=step.start, count=round(step.count)) for step in steps],
            noun="transaction",
        ),
        histogram=histogram(spread, now),
        heat_map=heat_map(spread),
        endings=[(one, one.count / whole) for one in ended],
        samples=_samples(examples(scope, name, now.p50)),
        issues=issues_in(scope, name),
    )


def _samples(found: Examples) -> list[tuple[str, str, list[SampleLink]]]:
    parts = (
        ("Slowest", "", found.slowest),
        ("Typical", "near the median, the newest", found.typical),
        ("Failed", "the newest", found.failed),
    )
    return [
        (
            title,
            words,
            [
                SampleLink(
                    trace_id=one.trace_id,
                    span_id=one.span_id,
                    at=int(one.at.timestamp()),
                    took=one.took,
                    status=one.status,
                    is_failed=one.is_failed,
                    user=one.user,
                )
                for one in held
            ],
        )
        for title, words, held in parts
    ]
