"""Maintenance that began and ended while nobody judged: what was due in it is judged as if somebody
had."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from vedette import clock

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def _window(watch: Watch, monitor: Any, *, begins: float, ends: float) -> None:
    """In so many seconds from now."""
    from vedette.monitors.models import MaintenanceWindow

    row = MaintenanceWindow.objects.create(
        project=watch.project,
        name="Deploy",
        starts_at=clock.now() + timedelta(seconds=begins),
        ends_at=clock.now() + timedelta(seconds=ends),
    )
    row.monitors.set([monitor])


def _batch(watch: Watch, monitor: Any, letters: str, begin: float) -> list[Any]:
    """One check a minute from a moment on, judged now."""
    return watch.batch(
        watch.fact(monitor, letter, begin + 60 * place) for place, letter in enumerate(letters)
    )


def test_what_failed_in_missed_maintenance_is_not_told(watch: Watch) -> None:
    """In whatever batches it is judged; the history has the maintenance, at its times."""
    from tests.monitors.watching import intervals_of, state_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    begin = clock.timestamp()
    _window(watch, shop, begins=30, ends=270)
    watch.passes(440)
    assert told(_batch(watch, shop, "ffff", begin + 60)) == []
    assert state_of(shop) == "maintenance"
    assert told(_batch(watch, shop, "ooo", begin + 300)) == [], "over when it was judged"
    assert told(watch.tick(1)) == []
    assert state_of(shop) == "up"
    assert intervals_of(shop)[2:] == [("maintenance", 240), ("down", 30), ("up", None)]


def test_what_lasts_after_missed_maintenance_is_told(watch: Watch) -> None:
    """As it is where maintenance ends before the eyes of the clock."""
    from tests.monitors.watching import state_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    begin = clock.timestamp()
    _window(watch, shop, begins=30, ends=200)
    watch.passes(600)
    assert told(_batch(watch, shop, "fffff", begin + 60)) == [(shop.pk, "down")]
    assert state_of(shop) == "down"


def test_maintenance_that_the_clock_has_ended_does_not_begin_again(watch: Watch) -> None:
    """By a check that was due in it and is judged after it."""
    from tests.monitors.watching import events_of

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    begin = clock.timestamp()
    _window(watch, shop, begins=30, ends=150)
    watch.tick(60)
    watch.tick(100)
    _batch(watch, shop, "ff", begin + 61)
    assert [name for name in events_of(shop) if "maint" in name] == [
        "maintenance",
        "maintenance_over",
    ]


def test_a_week_of_missed_maintenance_is_seen_each_time(watch: Watch) -> None:
    """Also where it comes each day."""
    from tests.monitors.watching import intervals_of
    from vedette.monitors.models import MaintenanceWindow

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    begin = clock.timestamp()
    first = clock.now() + timedelta(minutes=10)
    MaintenanceWindow.objects.create(
        project=watch.project,
        name="Nightly",
        covers_all=True,
        weekdays=list(range(7)),
        start_minute=first.hour * 60 + first.minute,
        minutes=20,
    )
    watch.passes(3 * 86400)
    for day in range(3):
        _batch(watch, shop, "fffo", begin + day * 86400 + 11 * 60)
        _batch(watch, shop, "oo", begin + day * 86400 + 40 * 60)
    assert [name for name, _ in intervals_of(shop)].count("maintenance") == 3
    assert "down" not in [name for name, _ in intervals_of(shop)]


@pytest.mark.parametrize(("first", "second"), [((30, 1000), (100, 200)), ((30, 200), (100, 1000))])
def test_one_window_that_ends_does_not_end_another(
    watch: Watch, first: tuple[float, float], second: tuple[float, float]
) -> None:
    """Whichever began first; what fails goes on untold until the last of them is over."""
    from tests.monitors.watching import events_of, state_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    for begins, ends in (first, second):
        _window(watch, shop, begins=begins, ends=ends)
    watch.tick(40)
    watch.tick(110)
    assert told(watch.checks(shop, "ffffff")) == []
    assert told(watch.tick(1)) == []
    assert state_of(shop) == "maintenance"
    assert "maintenance_over" not in events_of(shop)
    watch.tick(600)
    assert "maintenance_over" in events_of(shop)


def test_what_fails_in_maintenance_that_is_still_on_is_not_told(watch: Watch) -> None:
    """Though it began while nobody judged, and the clock has not looked yet."""
    from tests.monitors.watching import intervals_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    begin = clock.timestamp()
    _window(watch, shop, begins=30, ends=3600)
    watch.passes(440)
    assert told(_batch(watch, shop, "ffff", begin + 60)) == []
    assert told(watch.tick(1)) == []
    assert intervals_of(shop)[2:] == [("maintenance", None)]
