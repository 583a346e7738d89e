"""Monitors in files: `vedette apply` and `export`, with their secrets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.world import World
from vedette.alerts.models import AlertRule
from vedette.configuration import Author
from vedette.configuration._writing import write
from vedette.configuration.monitors import KIND
from vedette.monitors.kinds import secrets_of
from vedette.monitors.models import Monitor, MonitorsVersion

CRON = {
    "project": "shop",
    "name": "Nightly",
    "kind": "cron",
    "crontab": "0 3 * * *",
    "timezone": "Europe/Berlin",
    "tags": {"team": "data"},
}
HTTP = {
    "project": "shop",
    "name": "Shop",
    "kind": "http",
    "url": "https://shop.example/health",
    "token": "opensesame",
    "interval": 30,
    "slow": {"ms": 800},
}


def put(world: World, entry: dict[str, Any]) -> list[str]:
    """Write it as the API and files do; the paths of what is wrong."""
    return [one.path for one in write(world.organization, KIND, entry, Author(is_file=True))]


def test_what_is_applied_is_exported_again(world: World) -> None:
    assert put(world, CRON) == []
    held = KIND.current(world.organization)["shop/nightly"]
    assert {name: held[name] for name in CRON} == CRON
    assert put(world, held) == []
    assert KIND.current(world.organization)["shop/nightly"] == held
    assert KIND.applied(world.organization) == {"shop/nightly"}
    KIND.remove(world.organization, "shop/nightly", Author(is_file=True))
    assert KIND.current(world.organization) == {}


def test_a_secret_is_never_read_and_does_not_follow_its_address(world: World) -> None:
    assert put(world, HTTP) == []
    held = KIND.current(world.organization)["shop/shop"]
    assert held["token"] == "(set)"
    assert "opensesame" not in str(held)
    assert put(world, {**held, "interval": 60}) == []
    assert secrets_of(Monitor.objects.get(slug="shop")) == {"token": "opensesame"}
    moved = {**held, "url": "https://evil.example/"}
    assert put(world, moved) == ["token"]
    assert put(world, {name: moved[name] for name in moved if name != "token"}) == ["token"]
    assert put(world, {**moved, "token": "another"}) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"crontab": "61 * * * *"}, "crontab"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"every": 5}, "every"),
        ({"margin": 0}, "margin"),
        ({"interval": 1}, "interval"),
        ({"url": "https://x.example"}, "url"),
        ({"project": "nowhere"}, "project"),
        ({"depends_on": [7]}, "depends_on"),
        ({"notify": ["nobody"]}, "notify"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: dict[str, Any], path: str, world: World) -> None:
    assert put(world, {**CRON, **change}) == [path]


def test_the_prober_hears_of_every_change(world: World) -> None:
    put(world, HTTP)
    before = MonitorsVersion.objects.get().number
    put(world, {**HTTP, "interval": 60})
    assert MonitorsVersion.objects.get().number > before


def test_a_first_monitor_brings_rules_and_a_second_one_none(world: World) -> None:
    put(world, CRON)
    rules = AlertRule.objects.filter(project=world.shop, body__source="monitor")
    assert sorted(rules.values_list("slug", flat=True)) == ["monitor-degraded", "monitor-down"]
    rules.delete()
    put(world, {**CRON, "name": "Second"})
    assert not rules.exists()
