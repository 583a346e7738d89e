"""The state of a component and of a page: the worst of what is known, and never an invention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.statuspages.days import DAY, DAYS, first_of, shares_of, uptime_of
from vedette.statuspages.states import (
    BADNESS,
    Condition,
    Impact,
    Seen,
    Stood,
    condition_of,
    overall_of,
    said_by_hand,
)
from vedette.uptime.changes import State
from vedette.uptime.intervals import Span, bars, share_of

KNOWN = (State.UP, State.DEGRADED, State.DOWN)
monitors = st.lists(st.builds(Seen, st.sampled_from(State), st.sampled_from(KNOWN)), max_size=8)
conditions = st.lists(st.sampled_from(Condition), max_size=6)


def seen(*states: State) -> list[Seen]:
    return [Seen(one, State.UP) for one in states]


@pytest.mark.parametrize(
    ("states", "condition"),
    [
        ((), Condition.UNKNOWN),
        ((State.UP, State.UP), Condition.OPERATIONAL),
        ((State.UP, State.DEGRADED), Condition.DEGRADED),
        ((State.UP, State.DOWN), Condition.PARTIAL_OUTAGE),
        ((State.DOWN, State.DOWN), Condition.MAJOR_OUTAGE),
        ((State.DOWN,), Condition.MAJOR_OUTAGE),
        ((State.UP, State.MAINTENANCE), Condition.UNDER_MAINTENANCE),
        ((State.DOWN, State.PAUSED, State.NEW), Condition.MAJOR_OUTAGE),
        ((State.PAUSED,), Condition.UNKNOWN),
    ],
)
def test_the_worst_of_the_monitors_counts(states: tuple[State, ...], condition: Condition) -> None:
    """Some of several that are down are a partial outage."""
    assert condition_of(seen(*states)).condition is condition


def test_what_is_unknown_stands_as_it_was_last_known() -> None:
    """And says so; nothing that was never known is anything."""
    assert condition_of([Seen(State.UNKNOWN, State.UP)]) == Stood(Condition.OPERATIONAL, True)
    assert condition_of([Seen(State.UNKNOWN, State.DOWN)]) == Stood(Condition.MAJOR_OUTAGE, True)
    assert condition_of([Seen(State.UNKNOWN, State.NEW)]) == Stood(Condition.UNKNOWN)


@given(monitors)
def test_a_failure_of_the_probe_turns_nothing_red(held: list[Seen]) -> None:
    """However they stood: when all become unknown, no component gets worse than it was."""
    before = [Seen(one.measured, one.measured) for one in held]
    after = [Seen(State.UNKNOWN, one.measured) for one in held]
    assert condition_of(after).condition is condition_of(before).condition


@given(monitors, conditions)
def test_a_component_is_never_better_than_what_is_said_of_it(
    held: list[Seen], said: list[Condition]
) -> None:
    """But for maintenance, which is what people are told instead."""
    found = condition_of(held, said).condition
    if Condition.UNDER_MAINTENANCE in said:
        assert found is Condition.UNDER_MAINTENANCE
    else:
        alone = condition_of(held).condition
        assert BADNESS[found] == max(BADNESS[one] for one in (alone, *said))


@given(conditions.filter(bool), st.lists(st.sampled_from(Impact), max_size=3))
def test_a_page_is_well_only_if_all_of_it_is(held: list[Condition], impacts: list[Impact]) -> None:
    """Its indicator is none only without any outage, degradation, maintenance or impact."""
    found = overall_of(held, impacts)
    worst = max(BADNESS[one] for one in held)
    is_well = worst <= BADNESS[Condition.UNKNOWN] and not set(impacts) - {Impact.NONE}
    assert (found.indicator == "none") is is_well
    assert found.words


def test_by_hand_it_is_what_a_person_says_or_worse() -> None:
    """An incident can make it worse."""
    said = (Condition.MAJOR_OUTAGE,)
    assert said_by_hand(Condition.DEGRADED, said).condition is Condition.MAJOR_OUTAGE
    assert said_by_hand(Condition.DEGRADED).condition is Condition.DEGRADED


moments = st.integers(0, 95 * 86_400)


@given(st.lists(st.tuples(st.sampled_from(State), moments), min_size=1, max_size=12), st.booleans())
def test_days_are_those_of_the_slower_way(held: list[tuple[State, int]], is_open: bool) -> None:
    """The same seconds as `uptime.intervals.bars`, to rounding."""
    now = 1_800_000_000.0
    starts = sorted({now - 95 * DAY + at for _, at in held})
    states = [state for state, _ in held]
    spans = [
        Span(states[n % len(states)], start, (starts[n + 1] if n + 1 < len(starts) else None))
        for n, start in enumerate(starts)
    ]
    if not is_open:
        spans[-1] = Span(spans[-1].state, spans[-1].began, min(spans[-1].began + 5000, now))
    first = first_of(now)
    edges = [first + day * DAY for day in range(DAYS)] + [now]
    for mine, theirs in zip(shares_of(spans, now), bars(spans, edges), strict=True):
        for state in State:
            assert mine.seconds.get(state, 0) == pytest.approx(theirs.seconds.get(state, 0))
    share = share_of(spans, first, now).uptime
    assert uptime_of(spans, first, now) == (pytest.approx(share) if share is not None else None)
