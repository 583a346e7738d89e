"""The chart of an alert: the rule's figure over time, its thresholds, and when it fired."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vedette import clock
from vedette.alerts.models import Alert
from vedette.alerts.series import Series, series_around
from vedette.rules.durations import in_words
from vedette.store.errors import StoreError
from vedette.web.charts import Bar, BarChart, Line, Span, nice_ceiling, time_labels

log = logging.getLogger("vedette.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChart:
    """The chart, and what its bars are."""

    chart: BarChart
    words: str


def make_chart(alert: Alert, subject: str) -> AlertChart | None:
    """The chart; None where the store does not answer or the rule cannot be read."""
    try:
        series = series_around(alert)
    except StoreError:
        log.warning("no chart for the alert %d: the store does not answer", alert.pk)
        return None
    if series is None or not series.values:
        return None
    scale = 100.0 if series.is_share else 1.0
    unit = " %" if series.is_share else ""
    known = [value * scale for _, value in series.values if value is not None]
    lines = [(level, number * scale, text) for level, number, text in series.lines]
    most = max([*known, *(number for _, number, _ in lines)], default=1)
    top = nice_ceiling(math.ceil(most * 1.05)) if most > 0 else 1
    starts = [datetime.fromtimestamp(at, UTC) for at, _ in series.values]
    chart = BarChart(
        bars=_bars(series, starts, scale=scale, top=top, unit=unit),
        labels=time_labels(starts),
        top=f"{top:,}{unit}",
        middle=f"{top / 2:g}{unit}" if top > 1 else "",
        rows=[],
        total=round(sum(known)),
        lines=[
            Line(y=_down(number, top), title=f"{level} {text}", series=level)
            for level, number, text in lines
        ],
        spans=_spans(alert, starts, series.step),
    )
    every = in_words(series.step)
    words = "Events that fit, every"
    if series.is_figure:
        words = f"{subject}, every" if series.is_each else f"{subject}, the worst of every"
    return AlertChart(chart=chart, words=f"{words} {every}")


def _bars(
    series: Series, starts: Sequence[datetime], *, scale: float, top: int, unit: str
) -> list[Bar]:
    step = 100 / len(starts)
    bars = []
    for index, (start, (_, value)) in enumerate(zip(starts, series.values, strict=True)):
        if not value:
            continue
        shown = value * scale
        tall = max(shown / top * 100, 1.2)
        bars.append(
            Bar(
                x=round(index * step + step * 0.1, 3),
                y=round(max(100 - tall, 0), 3),
                width=round(step * 0.8, 3),
                height=round(min(tall, 100), 3),
                title=f"{start:%-d %b %H:%M:%S} UTC: {shown:,.4g}{unit}",
            )
        )
    return bars


def _spans(alert: Alert, starts: Sequence[datetime], step: int) -> list[Span]:
    """The time in which it fired."""
    if alert.fired_at is None:
        return []
    first, whole = starts[0].timestamp(), step * len(starts)
    begin = max(alert.fired_at.timestamp(), first)
    end = min((alert.over_at or clock.now()).timestamp(), first + whole)
    if end < begin:
        return []
    return [
        Span(
            x=round((begin - first) / whole * 100, 3),
            width=round(max((end - begin) / whole * 100, 0.3), 3),
            title="It fired",
            series=alert.level,
        )
    ]


def _down(number: float, top: int) -> float:
    return round(max(100 - number / top * 100, 0), 3)
