"""How monitors stand, how long they were up, and how many questions a list of them takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from tests.monitors.watching import Watch
    from vedette.monitors.listing import Listed

_SPANS = ("24 h", "7 d", "30 d", "90 d")


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Response times are the store's, and of other tests."""
    monkeypatch.setattr("vedette.monitors.listing.paces", lambda *_: {})


def _listed(watch: Watch, *, size: int = 50, **wanted: Any) -> Listed:
    from vedette.monitors.listing import Wanted, listed

    visible = VisibleProjects.granted([watch.project.pk])
    return listed(Wanted(visible=visible, projects=[watch.project], **wanted), size=size)


def test_a_list_has_states_and_uptime_of_each_period(watch: Watch) -> None:
    """The worst first; the time before the first result and in maintenance does not count."""
    from vedette.monitors.windows import begin_deploy, end_window

    shop, web = watch.monitor("shop", tags={"team": "a"}), watch.monitor("web")
    watch.checks(web, "o")
    watch.checks(shop, "o", every=600)
    watch.checks(shop, "o" * 9)
    watch.checks(shop, "f" * 10)
    rows = _listed(watch).rows
    assert [(row.monitor.slug, row.state, row.target) for row in rows] == [
        ("shop", "down", "shop.example.com:80"),
        ("web", "up", "web.example.com:80"),
    ]
    # Nine minutes and the one to the first failure; down since that, for nine.
    assert rows[0].uptimes == dict.fromkeys(_SPANS, pytest.approx(10 / 19, abs=1e-3))
    assert rows[1].uptimes == dict.fromkeys(_SPANS, 1.0)
    watch.checks(shop, "oo")
    window = begin_deploy(watch.project, [shop], minutes=300)
    watch.tick(1)
    watch.checks(shop, "f" * 60)
    end_window(window)
    shares = _listed(watch, tag="team:a").rows[0].uptimes
    assert shares["24 h"] == pytest.approx(11 / 21, abs=0.01)


def test_long_ago_is_in_the_long_periods_only(watch: Watch) -> None:
    """An outage of some days ago."""
    shop = watch.monitor("shop", interval=3600, timeout=30)
    hour = timedelta(hours=1).total_seconds()
    watch.checks(shop, "o" + "f" * 10 + "o" * 48, every=hour)
    uptimes = _listed(watch).rows[0].uptimes
    assert uptimes["24 h"] == 1.0
    assert uptimes["7 d"] == uptimes["90 d"] == pytest.approx(48 / 58, abs=1e-3)


def test_a_list_asks_no_more_for_many_than_for_few(watch: Watch) -> None:
    """Fourteen hundred monitors are a handful of questions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (2, 11):
        for place in range(number):
            watch.checks(watch.monitor(f"m{number}-{place}"), "o", every=1)
        with CaptureQueriesContext(connection) as asked:
            assert len(_listed(watch).rows) >= number
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


def test_ninety_bars_hold_every_second_once(watch: Watch) -> None:
    """Each is a day; the time not counted stands apart."""
    from vedette.monitors.listing import days_of
    from vedette.monitors.models import MonitorStanding
    from vedette.uptime.changes import State

    shop = watch.monitor("shop", interval=3600, timeout=30)
    watch.checks(shop, "o" + "f" * 12 + "o" * 60, every=3600)
    days = days_of(MonitorStanding.objects.get(monitor=shop))
    assert len(days) == 90
    total = sum(share.seconds.get(State.DOWN, 0) for _, share in days)
    assert total == pytest.approx(12 * 3600, abs=2)
    assert days[-1][1].uptime == 1.0
    assert days[0][1].uptime is None
    counted = sum(sum(share.seconds.values()) for _, share in days)
    assert counted == pytest.approx(73 * 3600, abs=2)


def test_a_job_that_was_never_heard_of_is_in_the_list(watch: Watch) -> None:
    """It stands nowhere yet."""
    watch.monitor("nightly", kind="cron", crontab="0 3 * * *")
    (row,) = _listed(watch).rows
    assert (row.state, row.standing, row.uptimes["24 h"]) == ("new", None, None)
