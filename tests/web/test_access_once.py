"""What an access is asked again and again it finds out once: two thousand projects are normal."""

from __future__ import annotations

from tests.web.world import World
from vedette.access.loading import access_of


def test_projects_are_listed_once(world: World) -> None:
    """Every row of every page asks how its project is called and what may be done with it."""
    access = access_of(world.alice)
    assert access.projects is access.projects
    assert access.places[0].project_ids is access.places[0].project_ids
    assert [access.reference(project) for project in access.projects] == ["shop", "web"]
    assert access._slugs is access._slugs
