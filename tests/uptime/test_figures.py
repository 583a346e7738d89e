"""Uptime and response times as figures."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from vedette.uptime.changes import State
from vedette.uptime.composite import combine
from vedette.uptime.intervals import Span, bars, share_of
from vedette.uptime.latency import bucket_of, merge, middle_of, percentile

_STATES = st.lists(
    st.tuples(st.sampled_from(list(State)), st.integers(1, 50)), min_size=1, max_size=30
)


def _spans(parts: list[tuple[State, int]]) -> list[Span]:
    spans, at = [], 0
    for state, length in parts:
        spans.append(Span(state, at, at + length))
        at += length
    spans[-1] = Span(spans[-1].state, spans[-1].began, None)
    return spans


@given(_STATES, st.integers(0, 400), st.integers(1, 400))
def test_uptime_equals_counting_second_by_second(
    parts: list[tuple[State, int]], start: int, length: int
) -> None:
    """Degraded is up; what is not known, in maintenance, paused or new does not count."""
    spans = _spans(parts)
    share = share_of(spans, start, start + length)
    seconds = [
        next((s.state for s in spans if s.began <= at and (s.ended is None or at < s.ended)), None)
        for at in range(start, start + length)
    ]
    answered = sum(one in (State.UP, State.DEGRADED) for one in seconds)
    counted = answered + seconds.count(State.DOWN)
    assert share.counted == counted
    assert share.uptime == (answered / counted if counted else None)
    assert sum(share.apart.values()) == sum(
        one in (State.UNKNOWN, State.MAINTENANCE, State.PAUSED, State.NEW) for one in seconds
    )


@given(_STATES, st.integers(1, 40))
def test_bars_are_the_shares_of_their_days(parts: list[tuple[State, int]], day: int) -> None:
    """Each as if it were asked alone."""
    spans, edges = _spans(parts), [float(day * number) for number in range(12)]
    found = bars(spans, edges)
    assert found == [share_of(spans, a, b) for a, b in itertools.pairwise(edges)]


@given(st.floats(1.0, 30_000.0))
def test_a_bucket_is_never_more_than_a_tenth_off(ms: float) -> None:
    """Over the whole range."""
    assert abs(middle_of(bucket_of(ms)) - ms) / ms <= 0.1


@given(st.lists(st.floats(1.0, 30_000.0), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_percentiles_are_at_most_a_tenth_off(values: list[float], share: float) -> None:
    """Of the value that stands there when all are sorted."""
    buckets = merge({bucket_of(one): 1} for one in values)
    found = percentile(buckets, share)
    wanted = sorted(values)[max(-(-len(values) * share // 1), 1).__int__() - 1]
    assert found is not None
    assert abs(found - wanted) / wanted <= 0.1


def test_merged_in_whatever_order_is_the_same() -> None:
    """Minutes to hours to days."""
    source = random.Random(3)  # noqa: S311 - reproducible
    parts = [{bucket_of(source.lognormvariate(5, 1)): 1} for _ in range(500)]
    whole = merge(parts)
    halves = merge([merge(parts[:200]), merge(parts[200:])])
    assert whole == halves
    assert sum(whole.values()) == 500


def test_nothing_has_no_percentile() -> None:
    """And what is beyond the range is in the last bucket."""
    assert percentile({}, 0.5) is None
    assert bucket_of(0.0) == 0
    assert bucket_of(1e9) == bucket_of(30_000.0)


def test_k_of_n() -> None:
    """Enough answer, enough cannot any more, or nobody knows."""
    up, down, unknown, paused = State.UP, State.DOWN, State.UNKNOWN, State.PAUSED
    assert combine([up, up, up], 2) is State.UP
    assert combine([up, up, down], 2) is State.DEGRADED
    assert combine([up, State.DEGRADED, up], 3) is State.DEGRADED
    assert combine([up, down, down], 2) is State.DOWN
    assert combine([up, down, unknown], 2) is State.UNKNOWN
    assert combine([up, up, paused], 2) is State.UP
    assert combine([down, down, unknown], 2) is State.DOWN
