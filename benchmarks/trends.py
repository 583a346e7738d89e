"""How often healthy series are reported as changed, and how often real changes are found.

Run by `python -m benchmarks.trends [SERIES]`. A series is a P95 for each hour of 14 days, drawn
exactly as the order statistic of a number of durations: no change of level is in the healthy ones,
whatever else they do.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from math import ceil, exp, pi, sin
from statistics import NormalDist

from benchmarks.measure import machine, say
from vedette.trends.change import Point, find_change

HOURS = 14 * 24
_BEGIN = 1_790_000_000 // 86400 * 86400
_NORMAL = NormalDist()


class Kind:
    """What a series is like; every field is a habit of real ones."""

    def __init__(self, **habits: float) -> None:
        self.requests = habits.get("requests", 100.0)  # an hour
        self.spread = habits.get("spread", 0.6)  # of the logarithm of durations
        self.tail = habits.get("tail", 0.0)  # Pareto's exponent, 0 for none
        self.day = habits.get("day", 0.0)  # how much slower at noon than at midnight
        self.week = habits.get("week", 0.0)  # how much quicker on two days of seven
        self.likeness = habits.get("likeness", 0.0)  # of neighbouring hours
        self.wander = habits.get("wander", 0.1)  # how far hours differ besides
        self.step = habits.get("step", 1.0)  # how many times slower from some hour on
        self.since = habits.get("since", 0.6)  # which hour that is, as a share


HEALTHY = {
    "quiet and even": Kind(wander=0.0),
    "few requests (12 an hour)": Kind(requests=12),
    "heavy tail": Kind(tail=1.5),
    "slower at noon": Kind(day=0.5),
    "much slower at noon, few at night": Kind(day=1.0, requests=25),
    "quicker at the week's end": Kind(week=0.3),
    "neighbours alike (0.5)": Kind(likeness=0.5, wander=0.2),
    "neighbours alike (0.8)": Kind(likeness=0.8, wander=0.2),
    "all of it": Kind(requests=30, day=0.5, week=0.15, likeness=0.5, tail=3.0),
}
CHANGED = {
    "1.3 times slower": Kind(step=1.3),
    "1.5 times slower": Kind(step=1.5),
    "twice as slow": Kind(step=2.0),
    "twice as slow, for the last day": Kind(step=2.0, since=13 / 14),
    "twice as slow, all habits of the healthy": Kind(
        step=2.0, requests=30, day=0.5, week=0.15, likeness=0.5, tail=3.0
    ),
}


def series(kind: Kind, chance: random.Random) -> list[Point]:
    """One P95 for each hour."""
    points, drift = [], 0.0
    for hour in range(HOURS):
        drift = kind.likeness * drift + chance.gauss(0, kind.wander) * (
            (1 - kind.likeness**2) ** 0.5
        )
        wave = sin(pi * (hour % 24) / 24)
        requests = max(int(chance.gauss(1, 0.2) * kind.requests * (0.5 + wave)), 0)
        if requests < 10:
            continue
        level = drift + kind.day * wave - (kind.week if hour // 24 % 7 >= 5 else 0.0)
        slower = kind.step if hour >= HOURS * kind.since else 1.0
        value = 200 * slower * exp(level) * _quantile(kind, _share(requests, chance))
        points.append(Point(_BEGIN + hour * 3600, value))
    return points


def _share(requests: int, chance: random.Random) -> float:
    """Which share of all durations the P95 of so many draws lies at."""
    place = ceil(0.95 * requests)
    return chance.betavariate(place, requests - place + 1)


def _quantile(kind: Kind, share: float) -> float:
    share = min(max(share, 1e-9), 1 - 1e-9)
    if kind.tail:
        return float((1 - share) ** (-1 / kind.tail))
    return exp(kind.spread * _NORMAL.inv_cdf(share))


def reported(kind: Kind, number: int, is_wanted: Callable[[int], bool]) -> float:
    """The share of so many series in which a change is reported where it is wanted."""
    chance, found = random.Random(11), 0
    for _ in range(number):
        change = find_change(series(kind, chance))
        found += change is not None and is_wanted(change.at)
    return found / number


def main() -> None:
    """The table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    machine()
    print(f"{number} series of {HOURS} hours each")
    for name, kind in HEALTHY.items():
        say(f"healthy, reported: {name}", reported(kind, number, lambda at: True) * 100, "%", "≤ 2")
    for name, kind in CHANGED.items():
        since = _BEGIN + round(HOURS * kind.since) * 3600

        def is_near(at: int, since: int = since) -> bool:
            return abs(at - since) <= 12 * 3600

        say(f"changed, found within 12 h: {name}", reported(kind, number, is_near) * 100, "%")
    made = [series(HEALTHY["all of it"], random.Random(at)) for at in range(100)]
    before = time.process_time()
    for points in made:
        find_change(points)
    say("one series", (time.process_time() - before) * 10, "ms CPU")


if __name__ == "__main__":
    main()
