"""Rules about quotas: notices at shares of budgets, and bursts that are cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts.models import Alert, AlertEntry, AlertRule
from vedette.alerts.quotas import look
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
from vedette.options._limits import begin_of
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.rules.counting import counter_of
from vedette.rules.written import RuleProblems, read_rule, write_rule
from vedette.usage.models import Spike, Usage
from vedette.web.pages.alert_rules.presets import preset_named

pytestmark = pytest.mark.usefixtures("rollback")
NOON = 1_795_780_800  # 2026-11-27, 12:00 UTC


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    clock.turn(NOON - clock.timestamp())
    yield
    clock.turn(0)


@pytest.fixture
def shop(rollback: None) -> Project:
    """A project with 1,000 errors a month, and both presets as rules."""
    shop = create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")
    limits = {"error": {"month": 1000, "minute": 1}}
    choose(Place(project=shop), groups()["quotas"], {"limits": limits}, who="", via="form")
    for key in ("budget", "cut"):
        preset = preset_named(key)
        assert preset is not None
        rule = read_rule(preset.entry)
        AlertRule.objects.create(
            project=shop, slug=key, body=write_rule(rule), counter=counter_of(rule).id,
            is_edge=rule.is_of_issues,
        )  # fmt: skip
    return shop


def use(project: Project, total: int, *, errors_an_hour: int = 0) -> None:
    """So much of the month is used, with this rate of the last days."""
    begins = begin_of("month", clock.timestamp())
    Usage.objects.update_or_create(
        project=project, category="error", span="month", begins=begins, defaults={"quantity": total}
    )
    hour = begin_of("hour", clock.timestamp())
    for back in range(200 if errors_an_hour else 0):
        Usage.objects.get_or_create(
            project=project, category="error", span="hour", begins=hour - back * 3600,
            defaults={"quantity": errors_an_hour},
        )  # fmt: skip


def told() -> list[tuple[str, str]]:
    """What happened to alerts, and how bad it is."""
    return list(AlertEntry.objects.order_by("pk").values_list("what", "level"))


def test_each_share_is_told_once(shop: Project) -> None:
    """As warnings, and at the end as bad as the rule says."""
    for used in (400, 510, 520, 810, 960, 990, 1000, 1200):
        use(shop, used)
        look(clock.now())
    assert told() == [
        ("fired", "warning"),
        ("again", "warning"),
        ("again", "warning"),
        ("raised", "critical"),
    ]
    assert Alert.objects.get().title.startswith("Shop: error: 1,000 of 1,000 a month used (100 %)")


def test_the_message_says_when_it_runs_out(shop: Project) -> None:
    """By the rate of the last seven days; or that it lasts."""
    use(shop, 900, errors_an_hour=5)
    look(clock.now())
    assert "at this rate it runs out on 28 November 0" in Alert.objects.get().title
    Alert.objects.all().delete()
    Usage.objects.filter(span="hour").update(quantity=1)
    look(clock.now())
    assert "at this rate it lasts: 98 % by the end" in Alert.objects.get().title


def test_a_new_month_ends_the_alert_and_begins_anew(shop: Project) -> None:
    """And it is told again then."""
    use(shop, 600)
    look(clock.now())
    clock.turn(clock._offset_seconds + 10 * 86_400)
    use(shop, 700)
    look(clock.now())
    look(clock.now())
    assert [what for what, _ in told()] == ["fired", "resolved", "fired"]


def test_a_budget_that_is_raised_is_no_longer_told(shop: Project) -> None:
    """What is set higher is not nearly used up."""
    use(shop, 990)
    look(clock.now())
    choose(Place(project=shop), groups()["quotas"], {"limits": {"error": {"month": 9000}}},
           who="", via="form")  # fmt: skip
    look(clock.now())
    assert [what for what, _ in told()] == ["fired", "resolved"]


def test_a_burst_fires_and_ends(shop: Project) -> None:
    """With what is usual and what is stored."""
    now = clock.now()
    Spike.objects.create(project=shop, began_at=now, last_at=now, usual=3, bound=500, cut=9)
    look(now)
    look(now)
    alert = Alert.objects.get()
    assert "3 a minute are usual at this hour, 500 are stored" in alert.title
    Spike.objects.update(ended_at=now + timedelta(minutes=6))
    look(now)
    assert told() == [("fired", "critical"), ("resolved", "critical")]


@pytest.mark.parametrize("at", ["", "0", "101", "a", "1,2,3,4,5,6,7,8,9,10,11"])
def test_shares_are_percents(at: str) -> None:
    """Anything else is told where the rule is written."""
    with pytest.raises(RuleProblems):
        read_rule({"name": "x", "source": "quota", "measure": {"used": at}, "levels": "critical"})
