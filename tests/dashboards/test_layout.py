"""Where widgets stand."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from vedette.dashboards.layout import COLUMNS, Place, free_place, settled

PLACES = st.lists(
    st.builds(
        Place,
        x=st.integers(-2, 14),
        y=st.integers(0, 30),
        w=st.integers(0, 14),
        h=st.integers(0, 14),
    ),
    max_size=12,
)


@given(PLACES)
def test_settled_widgets_cover_nothing_and_stay_in_the_grid(places: list[Place]) -> None:
    """Whatever somebody wrote, and each widget keeps its place in the list."""
    found = settled(places)
    assert len(found) == len(places)
    assert not any(one.meets(other) for one, other in combinations(found, 2))
    assert all(one.x >= 0 and one.x + one.w <= COLUMNS and one.y >= 0 for one in found)


@given(PLACES)
def test_settling_again_moves_nothing(places: list[Place]) -> None:
    """So what was saved is what is shown."""
    found = settled(places)
    assert settled(found) == found


@given(PLACES)
def test_nothing_hangs_in_the_air(places: list[Place]) -> None:
    """Each stands at the top or under another."""
    found = settled(places)
    for one in found:
        above = one.at_row(one.y - 1)
        assert one.y == 0 or any(above.meets(other) for other in found if other is not one)


@given(PLACES, st.integers(1, 12), st.integers(1, 12))
def test_a_new_widget_covers_nothing(places: list[Place], w: int, h: int) -> None:
    """It goes to the first place that is free."""
    found = settled(places)
    assert not any(free_place(found, w, h).meets(other) for other in found)


def test_a_widget_moves_up_only_as_far_as_it_is_not_stopped() -> None:
    """It does not jump into a hole above something wide."""
    wide = Place(0, 2, 12, 2)
    small = Place(6, 9, 6, 2)
    assert settled([Place(0, 0, 6, 2), wide, small])[2] == Place(6, 4, 6, 2)
