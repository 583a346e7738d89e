"""Detectors in files: `vedette apply` and `export`."""

from __future__ import annotations

import json

import pytest

from tests.web.walk import bearer
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
    KIND.remove(world.organization, "shop", Author(is_file=True))
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


def test_the_api_wants_the_right_to_change_the_project(world: World) -> None:
    """Who may only change alerts reads it, and changes nothing by any way."""
    path = f"/api/0/organizations/{world.organization.slug}/configuration/"
    entry = json.dumps({"project": "shop", "set": {SLUG: {"enabled": False}}})
    text = f"detectors:\n- {{project: shop, set: {{{SLUG}: {{enabled: false}}}}}}\n"
    weak = bearer(world.organization, world.alice, ["alerts:read", "alerts:write"])
    assert weak.put(f"{path}detectors/shop/", entry, "application/json").status_code == 403
    assert weak.post(path, text, content_type="application/yaml").status_code == 403
    assert settings.chosen_of(world.shop) == {}
    scopes = ["alerts:read", "alerts:write", "project:read", "project:write", "project:admin"]
    strong = bearer(world.organization, world.alice, scopes)
    assert strong.put(f"{path}detectors/shop/", entry, "application/json").status_code == 201
    assert settings.chosen_of(world.shop) == {SLUG: {"enabled": False}}
    assert weak.delete(f"{path}detectors/shop/").status_code == 403
    assert weak.get(f"{path}detectors/").json() == [json.loads(entry)]
    assert strong.delete(f"{path}detectors/shop/").status_code == 204
    assert settings.chosen_of(world.shop) == {}
