"""Since when a series lies higher or lower than before: Pettitt's test, made careful.

Source: A. N. Pettitt, *A non-parametric approach to the change-point problem* (Applied
Statistics 28, 1979), which is the Mann-Whitney test over every place where the series may be
cut, with one probability for all of them together. Made careful in five ways: what the time of
day brings is taken off first; neighbours that are alike count for less
(the effective number of a series with autocorrelation); a change must be large enough to
matter, against the same hours of the week before, too, as week-ends are no change; and of many
series that are tested at once, Benjamini and Hochberg's rule bounds the share of false ones among
those that are reported.

`benchmarks/trends.py` measures how often healthy series are reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import exp, fsum, log, sqrt
from statistics import median
from typing import Final, NamedTuple

CHANCE: Final = 0.01  # how likely a reported change may be chance alone
LEAST_POINTS: Final = 24
LEAST_ON_A_SIDE: Final = 8
LEAST_RATIO: Final = 1.2
LEAST_DIFFERENCE: Final = 5.0  # milliseconds: nobody waits for less
_DAY: Final = 86400
_WEEK: Final = 7 * _DAY
_LEAST_DAYS: Final = 3
_MOST_CUTS: Final = 3


class Point(NamedTuple):
    """A value of a step of time: seconds since 1970 at which it begins, and a value above 0."""

    at: int
    value: float


class Change(NamedTuple):
    """The last change of a series that still holds at its end.

    `before` and `after` are medians; `chance` is how likely a series without change shows as
    much.
    """

    at: int
    before: float
    after: float
    chance: float

    @property
    def ratio(self) -> float:
        """How many times the value is what it was."""
        return self.after / self.before

    @property
    def is_rise(self) -> bool:
        """Whether it lies higher than before."""
        return self.after > self.before


class Cut(NamedTuple):
    """Where a series is cut best: the place of the first value after it."""

    place: int
    chance: float


def find_change(points: Sequence[Point], *, chance: float = CHANCE) -> Change | None:
    """The last change of the series, if chance alone explains it at most so often.

    Too few points, too small a change, and a change that was undone give None.
    """
    held = [point for point in points if point.value > 0]
    if len(held) < LEAST_POINTS:
        return None
    levels = without_hours([Point(one.at, log(one.value)) for one in held])
    found, begin = None, 0
    for depth in range(_MOST_CUTS):
        cut = best_cut(levels[begin:])
        allowed = chance / 2 ** (depth + 1)
        if cut is None or cut.chance > allowed:
            break
        place = begin + cut.place
        made = _change(held, levels, (begin, place), min(cut.chance * 2 ** (depth + 1), 1.0))
        found = made if made is not None else found
        begin = place
    return found


def _change(
    points: Sequence[Point], levels: Sequence[float], cut: tuple[int, int], chance: float
) -> Change | None:
    """The change at a cut, if it matters: without the hours' effect, and as it was measured."""
    begin, place = cut
    shift = median(levels[place:]) - median(levels[begin:place])
    before = median(point.value for point in points[begin:place])
    after = median(point.value for point in points[place:])
    shifts = [shift, log(after / before), *_since_last_week(points, place)]
    way = 1 if shift > 0 else -1
    if any(one * way < log(LEAST_RATIO) for one in shifts):
        return None
    if abs(after - before) < LEAST_DIFFERENCE:
        return None
    return Change(points[place].at, before, after, chance)


def _since_last_week(points: Sequence[Point], place: int) -> list[float]:
    """How far the values after a cut lie from those a week earlier; none where few have one."""
    earlier = {point.at: point.value for point in points[:place]}
    pairs = [
        log(point.value / earlier[point.at - _WEEK])
        for point in points[place:]
        if point.at - _WEEK in earlier
    ]
    return [median(pairs)] if len(pairs) >= LEAST_ON_A_SIDE else []


def without_hours(points: Sequence[Point]) -> list[float]:
    """The values without what the hour of the day adds, where there are days enough to tell.

    An hour's part is the median of how far its values lie from those of their days.
    """
    values = [point.value for point in points]
    days: dict[int, list[float]] = defaultdict(list)
    for point in points:
        days[point.at // _DAY].append(point.value)
    if len(days) < _LEAST_DAYS:
        return values
    middles = {day: median(held) for day, held in days.items()}
    hours: dict[int, list[float]] = defaultdict(list)
    for point in points:
        hours[point.at % _DAY // 3600].append(point.value - middles[point.at // _DAY])
    parts = {hour: median(held) for hour, held in hours.items() if len(held) >= _LEAST_DAYS}
    return [point.value - parts.get(point.at % _DAY // 3600, 0.0) for point in points]


def best_cut(values: Sequence[float]) -> Cut | None:
    """Where the values before and after differ most in rank; None for too few on a side."""
    number = len(values)
    if number < 2 * LEAST_ON_A_SIDE:
        return None
    sums, total = [], 0.0
    for place, rank in enumerate(_ranks(values), start=1):
        total += rank
        sums.append(2 * total - place * (number + 1))
    places = range(LEAST_ON_A_SIDE, number - LEAST_ON_A_SIDE + 1)
    statistic = max(abs(sums[at - 1]) for at in places)
    place = max(places, key=_difference(values))
    weight = _independence(values, place)
    chance = 2 * exp(-6 * statistic**2 * weight / (number**3 + number**2))
    return Cut(place, min(chance, 1.0))


def _difference(values: Sequence[float]) -> Callable[[int], float]:
    """How far the means of both sides of a place lie apart, in standard errors but for a factor.

    Where the test's own statistic is largest is drawn to the middle of the series.
    """
    middle = fsum(values) / len(values)
    sums = list(accumulate(value - middle for value in values))
    return lambda at: sums[at - 1] ** 2 / (at * (len(values) - at))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, equal values with their mean rank."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for at in range(first, last + 1):
            ranks[order[at]] = (first + last) / 2 + 1
        first = last + 1
    return ranks


def _independence(values: Sequence[float], place: int) -> float:
    """The share of the values that count as independent: less where neighbours are alike.

    From the correlation of ranks of neighbours within both sides, and a standard error more:
    what was cut where it differs most looks more independent than it is.
    """
    ranks = _ranks(values)
    left, right = ranks[:place], ranks[place:]
    rest = [rank - median(left) for rank in left] + [rank - median(right) for rank in right]
    spread = sum(one * one for one in rest)
    if not spread:
        return 1.0
    likeness = sum(one * other for one, other in pairwise(rest)) / spread
    likeness = min(max(likeness, 0.0) + 1 / sqrt(len(values)), 0.98)
    return (1 - likeness) / (1 + likeness)


def fewer_false(changes: Sequence[Change | None], *, share: float = CHANCE) -> list[Change | None]:
    """Of series tested together those changes of which at most this share is expected to be false.

    Source: Benjamini and Hochberg, *Controlling the False Discovery Rate* (JRSS B 57, 1995).
    """
    chances = sorted(one.chance if one is not None else 1.0 for one in changes)
    tested = len(chances)
    passed = [c for rank, c in enumerate(chances, start=1) if c <= share * rank / tested]
    limit = passed[-1] if passed else -1.0
    return [one if one is not None and one.chance <= limit else None for one in changes]
