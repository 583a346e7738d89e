"""What is usual: how many errors a minute a project has at this hour of the week.

Of each of the last four weeks the busiest of the hour, the one before and the one after counts,
since people do not keep to hours; the median of the weeks is usual. Yesterday's same hours count
where they were busier, so that what grows is not cut for weeks. Who is counted for less than a
week: the busiest hour there was. Who is counted for less than a day is never cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from django.db.models import Max, Min

from vedette import clock
from vedette.options import Value
from vedette.usage.models import Usage

ERRORS: Final = "error"
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY
_WEEKS: Final = 4
_AROUND: Final = (-_HOUR, 0, _HOUR)


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors a minute: how many are usual, and beyond how many a burst is cut."""

    usual: float
    bound: int


_known: tuple[int, Mapping[int, float]] = (-1, {})


def rate_of(usual: float | None, chosen: Mapping[str, Value]) -> Rate | None:
    """What holds for a project with these values of the group of quotas; None if it is not
    protected, or not known for long enough."""
    if usual is None or not chosen["spike_protection"]:
        return None
    least, factor = _number(chosen["spike_least"]), _number(chosen["spike_factor"])
    return Rate(usual, int(max(least, usual * factor)))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def usual_now() -> Mapping[int, float]:
    """How many errors a minute are usual at this hour, by project; asked once an hour."""
    global _known
    hour = int(clock.timestamp()) // _HOUR * _HOUR
    if _known[0] != hour:
        _known = (hour, usual_at(hour))
    return _known[1]


def forget() -> None:
    """Ask anew at the next look."""
    global _known
    _known = (-1, {})


def usual_at(hour: int) -> dict[int, float]:
    """How many errors a minute are usual in the hour that begins then, by project."""
    hours = Usage.objects.filter(category=ERRORS, span="hour")
    since = dict(hours.values_list("project_id").annotate(first=Min("begins")))
    known = [project for project, first in since.items() if hour - first >= _DAY]
    young = [project for project in known if hour - since[project] < _WEEK]
    weeks = [hour - number * _WEEK for number in range(1, _WEEKS + 1)]
    wanted = {at + around for at in (*weeks, hour - _DAY) for around in _AROUND}
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    rows = hours.filter(begins__in=sorted(wanted - {hour}), project__in=known)
    for project, begins, quantity in rows.values_list("project_id", "begins", "quantity"):
        counts[project][begins] = quantity
    busiest = dict(
        hours.filter(project__in=young, begins__lt=hour, begins__gte=hour - _WEEK)
        .values_list("project_id")
        .annotate(most=Max("quantity"))
    )
    found = {}
    for project in known:
        held = counts[project]
        whole = [at for at in weeks if at >= since[project]]
        of_weeks = median(_busiest(held, at) for at in whole) if whole else 0
        most = max(of_weeks, _busiest(held, hour - _DAY), busiest.get(project, 0))
        found[project] = most / 60
    return found


def _busiest(counts: Mapping[int, int], at: int) -> int:
    hours: Iterable[int] = (at + around for around in _AROUND)
    return max((counts.get(one, 0) for one in hours), default=0)
