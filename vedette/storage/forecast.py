"""How fast the folder grows, and when there is no room any more."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.storage.sums import Sums

_WEEK_HOURS = 7 * 24
_LEAST_HOURS = 3  # of a shorter time nothing can be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Bytes a day, of the last week or as long as is known; days until there is no room.

    None where it cannot be told; days are also None where it does not grow.
    """

    bytes_a_day: float | None
    days_left: float | None
    room_bytes: int


def forecast(sums: Sums) -> Forecast:
    """By a straight line through the hours of the last week (least squares)."""
    room = _room(sums)
    newest = sums.growth[-1][0] if sums.growth else 0
    hours = [one for one in sums.growth if one[0] > newest - _WEEK_HOURS]
    if not hours or newest - hours[0][0] < _LEAST_HOURS:
        return Forecast(bytes_a_day=None, days_left=None, room_bytes=room)
    a_day = _slope(hours) * 24
    left = room / a_day if a_day > 0 else None
    return Forecast(bytes_a_day=a_day, days_left=left, room_bytes=room)


def _room(sums: Sums) -> int:
    """How much the folder may still grow: up to its bound, or to what stays free on the disk."""
    free = sums.disk_free_bytes - sums.keep_free_bytes
    if sums.most_bytes:
        free = min(free, sums.most_bytes - sums.total)
    return max(free, 0)


def _slope(points: list[tuple[int, int]]) -> float:
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    above = sum((x - mean_x) * (y - mean_y) for x, y in points)
    below = sum((x - mean_x) ** 2 for x, _ in points)
    return above / below if below else 0.0
