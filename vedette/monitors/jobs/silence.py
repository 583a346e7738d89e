"""Far fewer check-ins of a project than usual: what is overdue waits, and may count as unknown.

Each project is compared with its own past, so what one does concerns no other. A silence that
lasts is no fault on the way any more: then what is overdue is missed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vedette.crons.course import Away
from vedette.monitors.models import CheckInVolume

MOST_MINUTES: Final = 15  # in which it is waited whether check-ins come again
_MINUTE: Final = 60
_DAY_MINUTES: Final = 1440
_DAYS: Final = 7
_LEAST_POINTS: Final = 2
_USUAL_SHARE: Final = 0.75
_CHANCE: Final = 3.0  # standard deviations of a number of things that come by chance


@dataclass(frozen=True, slots=True)
class Silence:
    """`is_on`: it is waited just now. `gap` is the last time in which check-ins were lacking."""

    is_on: bool = False
    gap: Away = field(default_factory=Away)


def silence_of(project_id: int, until: float) -> Silence:
    """Of a project, up to a time up to which everything was heard."""
    last = int(until) // _MINUTE - 1
    minutes = range(last, last - MOST_MINUTES, -1)
    wanted = [one - day * _DAY_MINUTES for one in minutes for day in range(_DAYS + 1)]
    rows = CheckInVolume.objects.filter(project=project_id, minute__in=wanted)
    counts = dict(rows.values_list("minute", "count"))
    quiet = [_is_quiet(counts, one) for one in minutes]
    if all(quiet) or not any(quiet):
        return Silence()
    first = quiet.index(True)
    length = _run(quiet[first:])
    newest = last - first
    end = until if first == 0 else float((newest + 1) * _MINUTE)
    return Silence(first == 0, Away(float((newest - length + 1) * _MINUTE), end))


def joined(one: Away, other: Away) -> Away:
    """The two as one if they have a moment in common, else the later."""
    if one.overlaps(other.start, other.end) and other.start < other.end:
        return Away(min(one.start, other.start), max(one.end, other.end))
    return max(one, other, key=lambda away: away.end)


def _is_quiet(counts: Mapping[int, int], minute: int) -> bool:
    """Whether there were fewer than chance explains, and fewer than three quarters of the mean."""
    earlier = [minute - day * _DAY_MINUTES for day in range(1, _DAYS + 1)]
    points = [counts[one] for one in earlier if counts.get(one)]
    if len(points) < _LEAST_POINTS:
        return False
    mean, count = sum(points) / len(points), counts.get(minute, 0)
    return count < _USUAL_SHARE * mean and mean - count > _CHANCE * math.sqrt(mean)


def _run(quiet: Sequence[bool]) -> int:
    return quiet.index(False) if False in quiet else len(quiet)
