"""Composites stand where their members do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def test_composites_follow_their_members(watch: Watch) -> None:
    """In the same transaction; also one that is made of another."""
    from tests.monitors.watching import state_of, told

    eu, us = watch.monitor("eu"), watch.monitor("us")
    one = watch.monitor("any", kind="composite", monitors=["eu", "us"], at_least=1)
    outer = watch.monitor("outer", kind="composite", monitors=["any"])
    watch.checks(eu, "o")
    watch.checks(us, "o")
    assert (state_of(one), state_of(outer)) == ("up", "up")
    assert told(watch.checks(eu, "fff")) == [
        (eu.pk, "down"),
        (one.pk, "degraded"),
        (outer.pk, "degraded"),
    ]
    assert told(watch.checks(us, "fff"))[1:] == [(one.pk, "down"), (outer.pk, "down")]
    assert told(watch.checks(us, "oo"))[1:] == [(one.pk, "degraded"), (outer.pk, "degraded")]


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (("unknown", "up"), "up"),
        (("up", "new"), "up"),
        (("up", "degraded"), "degraded"),
        (("degraded", "up"), "degraded"),
        (("down", "unknown"), "down"),
    ],
)
def test_a_member_of_several_environments_counts_as_its_worst(
    watch: Watch, states: tuple[str, ...], shown: str
) -> None:
    """In whatever order they began; one of which nothing is known hides no other."""
    from tests.monitors.watching import state_of
    from vedette.monitors.models import MonitorStanding
    from vedette.uptime.changes import State
    from vedette.uptime.standing import Standing, write_standing

    job = watch.monitor("nightly")
    whole = watch.monitor("whole", kind="composite", monitors=["nightly"])
    MonitorStanding.objects.filter(monitor=job).delete()
    for number, state in enumerate(states):
        stands = Standing(raw=State(state)) if state in ("up", "degraded", "down") else Standing()
        MonitorStanding.objects.create(
            monitor=job, environment=f"e{number}", state=state, standing=write_standing(stands)
        )
    watch.tick(20)
    assert state_of(whole) == shown
