"""Detectors in files: `vedette apply` and `export`."""

from __future__ import annotations

import pytest

from tests.web.world import World
from vedette.configuration import Author, kinds
from vedette.configuration.detectors import KIND
from vedette.detecting import settings

SLUG = "performance_slow_db_query"


def test_what_is_applied_is_exported_again(world: World) -> None:
    """The same entry, without what is as it is by default."""
    entry = {"project": "shop", "set": {SLUG: {"duration": 250}, "performance_large_asset": {}}}
    assert KIND in kinds()
    assert KIND.check(world.organization, entry, {}) == []
    KIND.save(world.organization, KIND.identify(entry), entry, Author(is_file=True))
    assert KIND.current(world.organization) == {
        "shop": {"project": "shop", "set": {SLUG: {"duration": 250}}}
    }
    assert KIND.applied(world.organization) == {"shop"}
    KIND.remove(world.organization, "shop")
    assert KIND.current(world.organization) == {}
    assert settings.chosen_of(world.shop) == {}


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({SLUG: {"duration": 1}}, f"set.{SLUG}.duration"),
        ({SLUG: {"duration": True}}, f"set.{SLUG}.duration"),
        ({SLUG: {"length": 500}}, f"set.{SLUG}.length"),
        ({SLUG: {"enabled": "no"}}, f"set.{SLUG}.enabled"),
        ({SLUG: 5}, f"set.{SLUG}"),
        ({"n_plus_one": {}}, "set.n_plus_one"),
        ([], "set"),
        (None, "set"),
    ],
)
def test_a_mistake_is_told_with_its_place(world: World, written: object, place: str) -> None:
    """So that the line of the file can be named."""
    (problem,) = KIND.check(world.organization, {"project": "shop", "set": written}, {})
    assert problem.path == place


def test_a_project_that_is_not_there(world: World) -> None:
    """Nor another key."""
    found = KIND.check(world.organization, {"project": "x", "set": {}, "y": 1}, {})
    assert [one.path for one in found] == ["project", "y"]
