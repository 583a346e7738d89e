"""What arrives of a project, from the door's notes to the page."""

from __future__ import annotations

from django.test import Client

from tests.web.world import World
from vedette import clock
from vedette.projects.models import KeyRefusal, KeyUse
from vedette.spool.meta import Use, encode_uses

PAGE = "/projects/shop/arrivals/"


def _note(world: World, *uses: Use) -> None:
    """As the door writes it."""
    world.stage.flow.note("uses", encode_uses(list(uses)))
    world.stage.work()


def _use(world: World, **changes: object) -> Use:
    return Use(world.shop.pk, world.key.public_key, **changes)  # type: ignore[arg-type]


def test_uses_add_up_and_are_shown(world: World, alice: Client) -> None:
    """When a key was used last, by which SDK, with which clock, and what was refused."""
    now = clock.timestamp()
    first = _use(world, accepted=3, accepted_at=now - 9, client="sentry.python/2.1", refused={})
    later = _use(
        world,
        accepted=2,
        accepted_at=now - 4,
        client="",
        ahead_seconds=7200.0,
        refused={"cors": 2},
        refused_at=now - 5,
    )
    _note(world, first, later)
    _note(world, _use(world, refused={"cors": 1, "key": 1}, refused_at=now))
    use = KeyUse.objects.get(key=world.key)
    assert (use.accepted, use.accepted_at, use.client) == (5, now - 4, "sentry.python/2.1")
    refused = KeyRefusal.objects.filter(key=world.key).values_list("reason", "count", "last_at")
    assert sorted(refused) == [("cors", 3, now), ("key", 1, now)]
    page = alice.get(PAGE).content.decode()
    for words in ("sentry.python/2.1", "+7200 s", "2.0 hours ahead", "3 × <code>cors</code>"):
        assert words in page


def test_a_key_that_is_gone_is_passed_over(world: World) -> None:
    """What was noted of it costs the others nothing."""
    gone = Use(world.shop.pk, "f" * 32, accepted=1, accepted_at=5.0)
    _note(world, gone, _use(world, accepted=1, accepted_at=6.0))
    assert [one.key for one in KeyUse.objects.all()] == [world.key]


def test_a_project_of_which_nothing_came_says_what_to_look_at(world: World, alice: Client) -> None:
    """With a command that tries the way without any SDK."""
    page = alice.get(PAGE).content.decode()
    assert "has ever reached this address" in page
    assert f"sentry_key={world.key.public_key}" in page.replace("&#x27;", "'")
    world.shop.keys.update(is_active=False)
    assert "No key is active" in alice.get(PAGE).content.decode()
