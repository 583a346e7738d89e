"""Windows against brute force: random rows, random rules, every tick."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_required import MICROSECONDS, NOON, row, rule
from vedette.rules.counting import bucket_width
from vedette.rules.machine import Change
from vedette.rules.replaying import Replay

ROWS = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.integers(0, 90),
        st.sampled_from(["error", "fatal"]),
        st.integers(1, 2),
        st.integers(1, 4),
    ),
    max_size=60,
)


@settings(max_examples=120, deadline=None)
@given(
    found=ROWS,
    window=st.sampled_from([10, 60, 120, 300]),
    threshold=st.integers(1, 12),
    measure=st.sampled_from(["count", "unique", "ratio"]),
)
def test_a_rule_fires_at_the_ticks_at_which_a_recount_says_so(
    found: list[tuple[int, int, str, int, int]], window: int, threshold: int, measure: str
) -> None:
    """Counted anew from all rows at every tick, by key."""
    limit = f">{threshold * 5}%" if measure == "ratio" else f">{threshold}"
    how = {"count": "count", "unique": "{unique: user}", "ratio": "{ratio: 'level:fatal'}"}
    made = rule(
        f"per: [issue]\nmeasure: {how[measure]}\nwindow: {window}\n"
        f"levels: {{critical: '{limit}'}}\nguard: off"
        if measure == "ratio"
        else f"per: [issue]\nmeasure: {how[measure]}\nwindow: {window}\n"
        f"levels: {{critical: '{limit}'}}"
    )
    rows = sorted(
        (
            row(NOON + at + late, level=level, group_id=group, user_number=user)
            | {"timestamp": (NOON + at) * MICROSECONDS}
            for at, late, level, group, user in found
        ),
        key=lambda one: one["received"],
    )
    fired = {(one.at, one.key): one.change for one in Replay(made).run(rows, NOON, NOON + 900)}
    assert bucket_width(window) == 10
    state: dict[str, bool] = {}
    for tick in range(NOON + 10, NOON + 910, 10):
        for group in ("1", "2"):
            is_over = recount(rows, group, tick, window, threshold, measure)
            change = fired.get((tick, (group,)))
            if is_over is None:
                assert change is None
                continue
            if is_over and not state.get(group):
                assert change is Change.FIRED
            elif not is_over and state.get(group):
                assert change is Change.RESOLVED
            else:
                assert change is None
            state[group] = is_over


def recount(
    rows: list[dict[str, Any]], group: str, tick: int, window: int, threshold: int, measure: str
) -> bool | None:
    """Whether the threshold is crossed; None where a share has no rows."""
    mine = [
        one
        for one in rows
        if str(one["group_id"]) == group
        and one["received"] < tick * MICROSECONDS
        and (tick - window) * MICROSECONDS <= one["timestamp"] < tick * MICROSECONDS
    ]
    if measure == "unique":
        return len({one["user_number"] for one in mine}) > threshold
    if measure == "ratio":
        if not mine:
            return None
        fatal = sum(one["level"] == "fatal" for one in mine)
        return bool(fatal * 100 > threshold * 5 * len(mine))
    return len(mine) > threshold
