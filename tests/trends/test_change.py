"""Since when a series is slower: found where it is, never where there is none."""

from __future__ import annotations

import random
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.trends import CHANGED, HEALTHY, reported, series
from vedette.trends.change import (
    LEAST_POINTS,
    LEAST_RATIO,
    Change,
    Point,
    best_cut,
    fewer_false,
    find_change,
    without_hours,
)

HOUR, DAY = 3600, 86400
BEGIN = 20_000 * DAY
SEEDS = st.integers(0, 1 << 32)


def hours(levels: list[float], *, seed: int = 1, noise: float = 0.1) -> list[Point]:
    """A point for each hour, around these levels."""
    chance = random.Random(seed)
    return [
        Point(BEGIN + at * HOUR, level * exp(chance.gauss(0, noise)))
        for at, level in enumerate(levels)
    ]


@given(SEEDS, st.integers(30, 300), st.floats(1.5, 10), st.booleans())
def test_a_step_is_found_at_its_hour(seed: int, place: int, ratio: float, is_rise: bool) -> None:
    """Within two hours, with the size it has, and which way it went."""
    after = 200.0 * ratio if is_rise else 200.0 / ratio
    found = find_change(hours([200.0] * place + [after] * (336 - place), seed=seed))
    assert found is not None
    assert abs(found.at - (BEGIN + place * HOUR)) <= 2 * HOUR
    assert found.is_rise == is_rise
    assert found.ratio == pytest.approx(after / 200.0, rel=0.1)


@given(SEEDS, st.floats(0.01, 100))
def test_the_unit_does_not_matter(seed: int, factor: float) -> None:
    """A change found in milliseconds is found at the same hour in any other unit."""
    points = hours([2000.0] * 100 + [3000.0] * 100, seed=seed)
    scaled = [Point(one.at, one.value * factor) for one in points]
    found, again = find_change(points), find_change(scaled)
    assert found is not None
    if again is None:  # then the difference is nothing that anybody would wait for
        assert (found.after - found.before) * factor < 5.1
    else:
        assert again.at == found.at
        assert again.ratio == pytest.approx(found.ratio)


@given(st.lists(st.floats(1, 1e6), max_size=LEAST_POINTS - 1))
def test_few_points_say_nothing(values: list[float]) -> None:
    """Whatever they are."""
    assert find_change([Point(BEGIN + at * HOUR, one) for at, one in enumerate(values)]) is None


@given(st.lists(st.floats(0, 1e9), min_size=30, max_size=120), st.randoms())
def test_what_is_reported_is_large_enough(values: list[float], chance: random.Random) -> None:
    """Of any series: a change names an hour of it, and lies beyond the least ratio."""
    chance.shuffle(values)
    found = find_change([Point(BEGIN + at * HOUR, one) for at, one in enumerate(values)])
    if found is not None:
        assert found.at in {BEGIN + at * HOUR for at in range(len(values))}
        assert max(found.ratio, 1 / found.ratio) >= LEAST_RATIO
        assert found.chance <= 0.01


def test_a_series_that_never_changes_has_no_cut() -> None:
    """Equal values share their rank."""
    cut = best_cut([7.0] * 100)
    assert cut is not None
    assert cut.chance == 1.0
    assert find_change(hours([7.0] * 100, noise=0)) is None


def test_a_small_change_is_no_news() -> None:
    """However certain it is: 10 % slower, or 2 ms."""
    assert find_change(hours([200.0] * 168 + [220.0] * 168, noise=0.01)) is None
    assert find_change(hours([2.0] * 168 + [4.0] * 168, noise=0.01)) is None


def test_the_last_change_counts() -> None:
    """Slower, then slower still: since the second time."""
    found = find_change(hours([200.0] * 100 + [400.0] * 100 + [800.0] * 100))
    assert found is not None
    assert abs(found.at - (BEGIN + 200 * HOUR)) <= 2 * HOUR
    assert found.ratio == pytest.approx(2, rel=0.1)


def test_nights_and_weekends_are_no_change() -> None:
    """A wave of a day in two weeks, and two quick days at the end of each week."""
    night = [200.0 if at % 24 < 12 else 400.0 for at in range(336)]
    assert find_change(hours(night)) is None
    weekend = [200.0 if at // 24 % 7 < 5 else 120.0 for at in range(336)]
    assert find_change(hours(weekend)) is None


def test_the_hours_are_taken_off() -> None:
    """What is left of a wave of a day without noise is nothing."""
    wave = [Point(BEGIN + at * HOUR, float(at % 24)) for at in range(240)]
    assert set(without_hours(wave)) == {0.0 + without_hours(wave)[0]}


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_series_are_left_alone(name: str) -> None:
    """At most one of fifty of each kind, where one of a hundred is allowed to chance."""
    assert reported(HEALTHY[name], 50, lambda at: True) <= 0.02


def test_a_wild_service_that_got_twice_as_slow_is_found() -> None:
    """With all habits of the healthy ones."""
    kind = CHANGED["twice as slow, all habits of the healthy"]
    assert reported(kind, 50, lambda at: True) >= 0.9
    assert len(series(kind, random.Random(1))) > 200


def test_of_many_series_fewer_are_believed() -> None:
    """A chance of 1 in 200 is enough alone, not as the best of a hundred."""
    lucky, sure = Change(0, 100, 200, 0.005), Change(0, 100, 200, 1e-9)
    assert fewer_false([lucky]) == [lucky]
    assert fewer_false([lucky, *[None] * 99]) == [None] * 100
    assert fewer_false([lucky, sure, *[None] * 98])[:3] == [None, sure, None]
    assert fewer_false([]) == []
