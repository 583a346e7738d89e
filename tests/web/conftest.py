"""A database for the tests of the web interface, and the world they start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.world import World


@pytest.fixture
def world(rollback: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Alice, Bob and Charlie, two projects with issues, and the product behind the pages."""
    from tests.web.world import build_world, set_behind_pages

    made = build_world()
    set_behind_pages(made, monkeypatch)
    return made


@pytest.fixture
def alice(world: World) -> Client:
    """A browser in which Alice, the owner, is signed in."""
    return _signed_in(world.alice)


@pytest.fixture
def bob(world: World) -> Client:
    """A browser in which Bob, a teammate, is signed in."""
    return _signed_in(world.bob)


@pytest.fixture
def charlie(world: World) -> Client:
    """A browser in which Charlie, an outsider, is signed in."""
    return _signed_in(world.charlie)


@pytest.fixture
def nobody(world: World) -> Client:
    """A browser in which nobody is signed in."""
    from django.test import Client

    return Client()


def _signed_in(user: object) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client
