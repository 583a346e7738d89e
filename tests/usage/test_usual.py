"""What is usual for an hour of the week, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from vedette import clock
from vedette.accounts.models import Organization
from vedette.config import Config
from vedette.control.choosing import choose
from vedette.control.for_pipeline import load_settings
from vedette.control.places import Place
from vedette.facts import UsageSeen
from vedette.options import groups
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.usage import ending, normal
from vedette.usage.models import Spike, Usage
from vedette.usage.recording import record

pytestmark = pytest.mark.usefixtures("rollback")
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
NOW = 1_795_780_800  # 2026-11-27, 12:00 UTC, a Friday


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    clock.turn(NOW + 60 - clock.timestamp())
    normal.forget()
    yield
    clock.turn(0)
    normal.forget()


@pytest.fixture
def shop(rollback: None) -> Project:
    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


def remember(project: Project, hours: Mapping[int, int]) -> None:
    """So many errors so long ago."""
    Usage.objects.bulk_create(
        Usage(project=project, category="error", span="hour", begins=NOW - ago, quantity=number)
        for ago, number in hours.items()
    )


def test_usual_is_the_median_of_the_weeks(shop: Project) -> None:
    """A single wild week counts for nothing; an hour earlier or later is the same."""
    weeks = {WEEK: 600, 2 * WEEK - HOUR: 1200, 3 * WEEK + HOUR: 60_000, 4 * WEEK: 1200}
    remember(shop, {**weeks, 3 * HOUR: 90_000, 5 * WEEK: 1})
    assert normal.usual_at(NOW) == {shop.pk: 20.0}


def test_what_grows_is_not_cut_for_weeks(shop: Project) -> None:
    """The same hours of yesterday count where they were busier."""
    remember(shop, {WEEK: 60, 2 * WEEK: 60, DAY + HOUR: 6000})
    assert normal.usual_at(NOW) == {shop.pk: 100.0}


def test_with_less_than_a_week_the_busiest_hour_is_usual(shop: Project) -> None:
    """And with less than a day nothing is known, so nothing is cut."""
    remember(shop, {20 * HOUR: 600, 2 * HOUR: 60})
    assert normal.usual_at(NOW) == {}
    remember(shop, {30 * HOUR: 1200})
    assert normal.usual_at(NOW) == {shop.pk: 20.0}


def test_the_pipeline_gets_the_bound(shop: Project) -> None:
    """So many times the usual, never below the least; 0 where protection is off."""
    remember(shop, {30 * HOUR: 6000})
    assert load_settings(Config())[shop.pk].spike_bound == 1000
    choose(Place(project=shop), groups()["quotas"], {"spike_factor": 2}, who="", via="form")
    assert load_settings(Config())[shop.pk].spike_bound == 500
    choose(Place(project=shop), groups()["quotas"], {"spike_protection": False}, who="", via="form")
    assert load_settings(Config())[shop.pk].spike_bound == 0
    choose(Place(project=shop), groups()["quotas"], {}, who="", via="form")
    assert load_settings(Config(spike_protection=False))[shop.pk].spike_bound == 0


def test_a_burst_is_one_row_from_its_first_to_its_last(shop: Project) -> None:
    """It ends by itself when nothing was cut for five minutes."""
    remember(shop, {30 * HOUR: 6000})
    cut = UsageSeen(
        project_id=shop.pk, category="error", outcome="rate_limited", reason="spike_protection",
        hour=NOW, quantity=40,
    )  # fmt: skip
    record([cut])
    record([cut])
    assert Spike.objects.values_list("cut", "usual", "bound", "ended_at").get() == (
        80, 100.0, 1000, None,
    )  # fmt: skip
    now = clock.now()
    assert ending.end_spikes(now + timedelta(minutes=4)) == 0
    assert ending.end_spikes(now + timedelta(minutes=6)) == 1
    record([cut])
    assert Spike.objects.filter(ended_at=None).count() == 1
    assert Spike.objects.count() == 2


def test_sums_of_projects_that_are_gone_stop_nothing(shop: Project) -> None:
    """A batch may speak of one that was deleted a moment ago."""
    facts = [
        UsageSeen(project_id=project, category="error", outcome="accepted", reason="", hour=NOW,
                  quantity=3)
        for project in (shop.pk, shop.pk + 99)
    ]  # fmt: skip
    record(facts)
    spans = Usage.objects.order_by("span").values_list("span", "quantity")
    assert list(spans) == [("day", 3), ("hour", 3), ("month", 3)]


def test_old_sums_go(shop: Project) -> None:
    """Those of minutes after an hour; what is learned from stays."""
    remember(shop, {4 * WEEK: 1, 6 * WEEK: 1})
    Usage.objects.create(project=shop, category="error", span="minute", begins=NOW - 2 * HOUR)
    ending.forget(clock.now())
    assert [row.begins for row in Usage.objects.all()] == [NOW - 4 * WEEK]
