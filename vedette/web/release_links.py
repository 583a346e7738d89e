"""Where the name of a release leads, and the releases as marks on a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.urls import reverse

from vedette.issues.shapes import Scope
from vedette.releases.markers import appearances
from vedette.releases.names import is_valid, parse_release
from vedette.search import field_filter
from vedette.web.charts import BarChart, Marker
from vedette.web.wording import absolute


def release_path(version: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of the release's page; of a search, for names that have no page."""
    if is_valid(version):
        return reverse("release", args=[version.strip()]), {}
    return reverse("issues"), {"query": field_filter("release", version)}


def release_name(version: str) -> str:
    """The short name for people: the version without package, a hash by its first digits."""
    return parse_release(version).description if is_valid(version) else version


def with_releases(chart: BarChart, scope: Scope, query: str = "") -> BarChart:
    """The chart with a mark for each release that appeared in its time; `query` is kept."""
    return replace(chart, markers=marks_over([at for at, *_ in chart.rows], scope, query))


def marks_over(starts: Sequence[datetime], scope: Scope, query: str = "") -> list[Marker]:
    """A mark for each release that appeared within these equal steps of time."""
    if len(starts) < 2:
        return []
    return release_marks(starts[0], (starts[1] - starts[0]) * len(starts), scope, query)


def release_marks(first: datetime, whole: timedelta, scope: Scope, query: str = "") -> list[Marker]:
    """A mark for each release that appeared in the time `whole` that begins at `first`."""
    return [
        Marker(
            x=round((one.at - first) / whole * 100, 2),
            name=one.version,
            title=f"{one.version} appeared {absolute(one.at)}",
            address=release_path(one.version)[0] + (f"?{query}" if query else ""),
        )
        for one in appearances(scope)
        if first <= one.at < first + whole
    ]
