"""What checks come to, in the pipeline's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from vedette import clock

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def test_down_and_up_with_intervals_events_and_evidence(watch: Watch) -> None:
    """Since the first failure, until the first success; the failing check is kept with it."""
    from tests.monitors.watching import events_of, intervals_of, state_of, told
    from vedette.monitors.models import MonitorEvent, MonitorStanding

    shop = watch.monitor("shop")
    assert told(watch.checks(shop, "off")) == []
    assert MonitorStanding.objects.get(monitor=shop).is_verifying
    assert told(watch.checks(shop, "f")) == [(shop.pk, "down")]
    assert state_of(shop) == "down"
    assert told(watch.checks(shop, "fo")) == []
    assert told(watch.checks(shop, "o")) == [(shop.pk, "up")]
    assert events_of(shop) == ["created", "up", "down", "up"]
    assert intervals_of(shop) == [("new", 60), ("up", 60), ("down", 240), ("up", None)]
    down = MonitorEvent.objects.get(monitor=shop, kind="down")
    assert (down.reason, down.text, down.evidence) == ("refused", "nobody listens", {"port": 80})
    last = MonitorStanding.objects.get(monitor=shop)
    assert (last.last_outcome, last.last_ms) == ("ok", 12.0)


def test_a_batch_holds_checks_of_many_monitors_and_several_of_one(watch: Watch) -> None:
    """Judged in the order in which they came; those of a monitor that is gone are nobody's."""
    from tests.monitors.watching import state_of, told

    one, other = watch.monitor("one"), watch.monitor("other")
    gone = watch.monitor("gone")
    now = clock.timestamp()
    facts = [watch.fact(one, letter, now + place) for place, letter in enumerate("offf")]
    facts += [watch.fact(other, "o", now), watch.fact(gone, "o", now)]
    gone.delete()
    watch.passes(10)
    assert told(watch.batch(facts)) == [(one.pk, "down")]
    assert (state_of(one), state_of(other)) == ("down", "up")


def test_the_same_check_twice_is_judged_once(watch: Watch) -> None:
    """Two nodes for a moment, or a record that is read again."""
    from tests.monitors.watching import state_of

    shop = watch.monitor("shop")
    watch.checks(shop, "o")
    fact = watch.fact(shop, "f")
    for _ in range(5):
        watch.batch([fact])
    assert state_of(shop) == "up"


def test_nothing_of_a_batch_remains_if_its_transaction_fails(watch: Watch) -> None:
    """Standings, intervals and events go with the position: a kill neither loses nor doubles."""
    from django.db import transaction

    from tests.monitors.watching import events_of, intervals_of, state_of

    shop = watch.monitor("shop")
    watch.checks(shop, "off")
    watch.passes(60)
    deciding = watch.fact(shop, "f")
    before = (state_of(shop), events_of(shop), intervals_of(shop))
    with transaction.atomic():
        watch.batch([deciding])
        transaction.set_rollback(True)  # killed before the commit
    assert (state_of(shop), events_of(shop), intervals_of(shop)) == before
    watch.batch([deciding])
    assert state_of(shop) == "down"
    assert events_of(shop).count("down") == 1


def test_what_depends_on_something_in_trouble_is_not_told(watch: Watch) -> None:
    """Also if that is only being verified; one interval after it is well again, it is."""
    from tests.monitors.watching import events_of, state_of, told

    gateway = watch.monitor("gateway")
    shop = watch.monitor("shop", depends_on=["gateway"])
    watch.checks(gateway, "of")
    heard = watch.checks(shop, "offf", every=5)
    assert told(heard) == []
    assert state_of(shop) == "down"
    assert events_of(shop)[-1] == "suppressed"
    watch.checks(gateway, "o", every=5)
    assert told(watch.tick()) == []
    assert told(watch.tick(59)) == []
    assert told(watch.tick(1)) == [(shop.pk, "down")]
    assert events_of(shop)[-1] == "released"


def test_what_comes_back_with_what_it_depends_on_is_never_told(watch: Watch) -> None:
    """Nobody hears of it."""
    from tests.monitors.watching import told

    gateway = watch.monitor("gateway")
    shop = watch.monitor("shop", depends_on=["gateway"])
    heard = watch.checks(gateway, "offf", every=5) + watch.checks(shop, "offf", every=5)
    heard += watch.checks(gateway, "oo", every=5) + watch.checks(shop, "oo", every=5)
    assert told([*heard, *watch.tick(300)]) == [(gateway.pk, "down"), (gateway.pk, "up")]


def test_a_deploy_is_not_counted_and_its_end_tells_what_is_bad(watch: Watch) -> None:
    """By API around it."""
    from tests.monitors.watching import intervals_of, state_of, told
    from vedette.monitors.windows import begin_deploy, end_window

    shop, other = watch.monitor("shop"), watch.monitor("other")
    watch.checks(shop, "o")
    window = begin_deploy(watch.project, [shop], minutes=30)
    watch.tick(1)
    assert (state_of(shop), state_of(other)) == ("maintenance", "new")
    assert told(watch.checks(shop, "fff")) == []
    assert state_of(shop) == "maintenance"
    end_window(window)
    assert told(watch.tick(1)) == [(shop.pk, "down")]
    assert intervals_of(shop)[-1] == ("down", None)


def test_a_window_of_a_project_holds_for_all_of_it_and_one_of_tags_for_those(watch: Watch) -> None:
    """Each week by the clock of a place."""
    from tests.monitors.watching import state_of
    from vedette.monitors.models import MaintenanceWindow

    tagged, plain = watch.monitor("tagged", tags={"team": "web"}), watch.monitor("plain")
    now = clock.now()
    values = {"weekdays": list(range(7)), "start_minute": now.hour * 60 + now.minute}
    row = MaintenanceWindow.objects.create(
        project=watch.project, name="nightly", tags={"team": "web"}, minutes=5, **values
    )
    watch.tick(1)
    assert (state_of(tagged), state_of(plain)) == ("maintenance", "new")
    row.tags, row.covers_all = {}, True
    row.save()
    watch.tick(1)
    assert state_of(plain) == "maintenance"
    watch.tick(600)
    assert (state_of(tagged), state_of(plain)) == ("new", "new")


def test_a_stalled_probe_is_unknown_and_never_red(watch: Watch) -> None:
    """Three intervals without a result; what waits in the spool is no silence."""
    from tests.monitors.watching import events_of, state_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "o")
    watch.tick(170)
    watch.tick(20, behind=30)
    assert state_of(shop) == "up"
    assert told(watch.tick(20)) == []
    assert state_of(shop) == "unknown"
    watch.checks(shop, "o")
    assert events_of(shop)[-2:] == ["unknown", "known"]


def test_our_own_downtime_makes_nothing_red(watch: Watch) -> None:
    """Ten minutes away, in the middle of a verification."""
    from tests.monitors.watching import intervals_of, state_of, told
    from vedette.monitors.ticking import Ticker

    shop = watch.monitor("shop")
    watch.checks(shop, "off")
    watch.passes(600)
    watch.ticker = Ticker(steady=lambda: watch.elapsed)  # a new process
    heard = watch.tick(1) + watch.checks(shop, "ffo", every=1)
    assert told(heard) == []
    assert state_of(shop) == "up"
    assert [state for state, _ in intervals_of(shop)] == ["new", "up", "unknown", "up"]


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_clock_that_is_set_makes_nothing_red_or_silent(watch: Watch, step: float) -> None:
    """An hour forward or back: no alarm by it, and a real failure afterwards is told."""
    from tests.monitors.watching import intervals_of, state_of, told

    shop = watch.monitor("shop")
    watch.checks(shop, "oo")
    steady = watch.elapsed
    watch.ticker._steady = lambda: steady  # type: ignore[method-assign]
    watch.tick(step)
    watch.ticker._steady = lambda: watch.elapsed - step  # type: ignore[method-assign]
    assert state_of(shop) == "up"
    assert told(watch.tick(30) + watch.checks(shop, "o")) == []
    assert told(watch.checks(shop, "fff", every=20)) == [(shop.pk, "down")]
    assert intervals_of(shop)[-1] == ("down", None)


def test_settings_that_cannot_be_used_are_told_once_and_are_no_state(watch: Watch) -> None:
    """Neither down nor up by them; the history says since when and until when."""
    import msgspec

    from tests.monitors.watching import events_of, state_of, told

    shop = watch.monitor("shop")
    heard = watch.checks(shop, "o")
    for _ in range(2):
        watch.passes(60)
        wrong = msgspec.structs.replace(watch.fact(shop, "u"), reason="config_error")
        heard += watch.batch([wrong])
    assert (state_of(shop), told(heard)) == ("up", [])
    assert events_of(shop) == ["created", "up", "misconfigured"]
    watch.checks(shop, "o")
    assert events_of(shop)[-1] == "configured"


def test_a_paused_monitor_is_not_judged_and_begins_anew(watch: Watch) -> None:
    """Whoever was told that it is down hears that nobody watches it any more."""
    from tests.monitors.watching import events_of, state_of
    from vedette.monitors import saving

    shop = watch.monitor("shop")
    watch.checks(shop, "offf")
    assert saving.pause(shop)
    assert not saving.pause(shop)
    watch.checks(shop, "oo")
    assert state_of(shop) == "paused"
    saving.resume(shop)
    assert state_of(shop) == "new"
    watch.checks(shop, "o")
    assert events_of(shop) == ["created", "up", "down", "paused", "resumed", "up"]


def test_a_project_that_is_removed_takes_its_monitors_along(watch: Watch) -> None:
    """With everything that was judged of them; and the prober hears of it."""
    from vedette.monitors.models import Monitor, MonitorEvent, MonitorsVersion, StateInterval
    from vedette.projects.removal import remove_project

    shop = watch.monitor("shop")
    watch.checks(shop, "offf")
    before = MonitorsVersion.objects.get().number
    remove_project(watch.project)
    assert not Monitor.objects.exists()
    assert not StateInterval.objects.exists()
    assert not MonitorEvent.objects.exists()
    assert MonitorsVersion.objects.get().number > before
    assert watch.batch([watch.fact(shop, "o")]) == []


def test_nobody_is_told_in_the_first_seconds_of_a_prober(watch: Watch) -> None:
    """What is still down then is told by the clock."""
    import msgspec

    from tests.monitors.watching import state_of, told

    shop = watch.monitor("shop")
    until = clock.timestamp() + 200
    heard = []
    for letter in "offf":
        watch.passes(20)
        heard += watch.batch([msgspec.structs.replace(watch.fact(shop, letter), hold_until=until)])
    assert (told(heard), state_of(shop)) == ([], "down")
    assert told(watch.tick(100)) == []
    assert told(watch.tick(timedelta(seconds=30).total_seconds())) == [(shop.pk, "down")]
