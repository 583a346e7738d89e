"""What pages and the API read of monitors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from vedette import clock

if TYPE_CHECKING:
    from tests.monitors.watching import Watch
    from vedette.access.access import Access


@pytest.fixture
def alice(watch: Watch) -> Access:
    """Of the project's organisation."""
    return _access("alice", watch.project.organization)


def _access(name: str, organization: Any) -> Access:
    from vedette.access.loading import access_of
    from vedette.accounts.models import Membership, User

    person = User.objects.create_user(f"{name}@example.com", "a long password")
    Membership.objects.create(organization=organization, user=person)
    return access_of(person)


def test_a_list_has_states_and_uptime_of_each_period(watch: Watch, alice: Access) -> None:
    """The worst first; the time before the first result and in maintenance does not count."""
    from vedette.monitors.reading import PERIODS, Wanted, list_monitors
    from vedette.monitors.windows import begin_deploy, end_window

    shop, web = watch.monitor("shop", tags={"team": "a"}), watch.monitor("web")
    watch.checks(web, "o")
    watch.checks(shop, "o", every=600)
    watch.checks(shop, "o" * 9, every=60)
    watch.checks(shop, "fff" + "f" * 7, every=60)
    rows = list_monitors(alice)
    assert [(row.monitor.slug, row.state, row.target) for row in rows] == [
        ("shop", "down", "shop.example.com:80"),
        ("web", "up", "web.example.com:80"),
    ]
    # Nine minutes and the one to the first failure; down since that, for nine.
    assert rows[0].uptime == dict.fromkeys(PERIODS, pytest.approx(10 / 19, abs=1e-3))
    assert rows[1].uptime == dict.fromkeys(PERIODS, 1.0)
    watch.checks(shop, "oo", every=60)
    window = begin_deploy(watch.project, [shop], minutes=300)
    watch.tick(1)
    watch.checks(shop, "f" * 60)
    end_window(window)
    shares = list_monitors(alice, Wanted(tags={"team": "a"}))[0].uptime
    assert shares["24h"] == pytest.approx(11 / 21, abs=0.01)


def test_long_ago_is_in_the_long_periods_only(watch: Watch, alice: Access) -> None:
    """An outage of last week."""
    from vedette.monitors.reading import list_monitors

    shop = watch.monitor("shop", interval=3600, timeout=30)
    hour = timedelta(hours=1).total_seconds()
    watch.checks(shop, "o" + "f" * 10 + "o" * 48, every=hour)
    uptime = list_monitors(alice)[0].uptime
    assert uptime["24h"] == 1.0
    assert uptime["7d"] == uptime["90d"] == pytest.approx(48 / 58, abs=1e-3)


def test_outsiders_see_nothing(watch: Watch) -> None:
    """Neither in the list nor by number or name."""
    from vedette.accounts.models import Organization
    from vedette.monitors.reading import find_by_slug, find_monitor, list_monitors

    shop = watch.monitor("shop")
    charlie = _access("charlie", Organization.objects.create(slug="other", name="Other"))
    assert list_monitors(charlie) == []
    assert find_monitor(charlie, shop.pk) is None
    assert find_by_slug(charlie, watch.project, "shop") is None


def test_a_list_is_chosen_by_state_kind_tag_and_text(watch: Watch, alice: Access) -> None:
    """All at once, too."""
    from vedette.monitors.reading import Wanted, find_by_slug, find_monitor, list_monitors

    one = watch.monitor("one", tags={"team": "a", "tier": "1"})
    watch.monitor("two", tags={"team": "b"})
    watch.monitor("all", kind="composite", monitors=["one", "two"])
    watch.checks(one, "o")

    def found(**wanted: Any) -> list[str]:
        return sorted(row.monitor.slug for row in list_monitors(alice, Wanted(**wanted)))

    assert found(tags={"team": "a"}) == ["one"]
    assert found(kinds=["composite"]) == ["all"]
    assert found(states=["up"]) == ["one"]
    assert found(text="TW") == ["two"]
    assert found(projects=[watch.project.pk + 1]) == []
    assert find_monitor(alice, one.pk) == find_by_slug(alice, watch.project, "one") == one


def test_a_list_asks_no_more_for_many_than_for_few(watch: Watch, alice: Access) -> None:
    """Fourteen hundred monitors are a handful of questions."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.monitors.reading import list_monitors

    counts = []
    for number in range(2, 12, 9):
        for place in range(number):
            watch.checks(watch.monitor(f"m{number}-{place}"), "o", every=1)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list_monitors(alice)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3


def test_ninety_bars_end_today_by_the_clock_of_a_place(watch: Watch) -> None:
    """Each is a day there, whatever its length; the time not counted stands apart."""
    from vedette.monitors.reading import days_of
    from vedette.uptime.changes import State

    shop = watch.monitor("shop", interval=3600, timeout=30)
    watch.checks(shop, "o" + "f" * 12 + "o" * 60, every=3600)
    days = days_of(shop, zone=ZoneInfo("Europe/Berlin"))
    assert len(days) == 90
    assert {day.hour for day, _ in days} == {0}
    total = sum(share.seconds.get(State.DOWN, 0) for _, share in days)
    assert total == pytest.approx(12 * 3600, abs=2)
    assert days[-1][1].uptime == 1.0
    assert days[0][1].uptime is None
    counted = sum(sum(share.seconds.values()) for _, share in days)
    assert counted == pytest.approx(73 * 3600, abs=2)


def test_events_are_read_page_by_page(watch: Watch) -> None:
    """The newest first."""
    from vedette.monitors.reading import events_of, standings_of

    shop = watch.monitor("shop")
    watch.checks(shop, "offfoo")
    first = events_of(shop, limit=2)
    assert [one.kind for one in first] == ["up", "down"]
    rest = events_of(shop, before=first[-1].pk)
    assert [one.kind for one in rest] == ["up", "created"]
    assert standings_of(shop)[0].last_outcome == "ok"
    assert first[0].at < clock.now()


def test_a_job_that_was_never_heard_of_is_in_the_list(watch: Watch, alice: Access) -> None:
    """It stands nowhere yet."""
    from vedette.monitors.reading import list_monitors

    watch.monitor("nightly", kind="cron", crontab="0 3 * * *")
    (row,) = list_monitors(alice)
    assert (row.state, row.worst, row.uptime["24h"]) == ("new", None, None)
