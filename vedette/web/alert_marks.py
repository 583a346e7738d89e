"""Alerts as marks on a chart, beside those of releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse

from vedette.alerts.models import Alert
from vedette.web.charts import BarChart, Marker
from vedette.web.wording import absolute

_MOST = 50


def with_alerts(chart: BarChart, alerts: Iterable[Alert]) -> BarChart:
    """The chart with a mark for each alert that fired in its time. Needs their rules loaded."""
    if len(chart.rows) < 2:
        return chart
    first, second = chart.rows[0][0], chart.rows[1][0]
    whole = (second - first) * len(chart.rows)
    markers = [
        Marker(
            x=round((one.fired_at - first) / whole * 100, 2),
            name=one.rule.name,
            title=f"{one.rule.name} fired {absolute(one.fired_at)}",
            address=reverse("alert", args=[one.pk]),
            kind=one.level,
        )
        for one in alerts
        if one.fired_at is not None and first <= one.fired_at < first + whole
    ]
    return replace(chart, markers=[*chart.markers, *markers[:_MOST]])
