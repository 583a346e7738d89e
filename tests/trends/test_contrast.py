"""What sets the slow apart: values that are clearly more frequent among them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from vedette.trends.contrast import LEAST_SLOW, Value, contrasts


def test_a_value_that_nearly_all_slow_ones_have_comes_first() -> None:
    """Ranked by how much more frequent it is than among the rest."""
    values = [
        Value("region", "eu", 500, 25),
        Value("plan", "free", 100, 45),
        Value("device", "old", 200, 30),
    ]
    found = contrasts(values, all_=1000, chosen=50)
    assert [one.value for one in found] == ["free", "old"]
    assert found[0].share_of_chosen == 0.9
    assert found[0].share_of_rest == 55 / 950


def test_few_samples_say_nothing() -> None:
    """Fewer than the least number with the value, or chosen at all."""
    assert contrasts([Value("a", "b", 4, 4)], all_=1000, chosen=50) == []
    assert contrasts([Value("a", "b", 4, 4)], all_=8, chosen=4) == []
    assert contrasts([], all_=0, chosen=0) == []


@given(st.integers(0, 1 << 32))
def test_values_by_chance_are_hardly_ever_shown(seed: int) -> None:
    """A hundred values that have nothing to do with it: two at most, nearly always none."""
    chance, values = random.Random(seed), []
    for number in range(100):
        share = chance.random()
        chosen = sum(chance.random() < share for _ in range(50))
        rest = sum(chance.random() < share for _ in range(450))
        values.append(Value("key", str(number), chosen + rest, chosen))
    assert len(contrasts(values, all_=500, chosen=50)) <= 2


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 900)), max_size=30),
    st.integers(0, 60),
    st.integers(0, 900),
)
def test_any_counts_are_read(counts: list[tuple[int, int]], chosen: int, rest: int) -> None:
    """What is shown has enough samples and is in order."""
    values = [
        Value("key", str(at), min(one, chosen) + min(other, rest), min(one, chosen))
        for at, (one, other) in enumerate(counts)
    ]
    found = contrasts(values, all_=chosen + rest, chosen=chosen)
    assert all(one.chosen >= LEAST_SLOW and one.difference > 0 for one in found)
    assert found == sorted(found, key=lambda one: -one.difference)
