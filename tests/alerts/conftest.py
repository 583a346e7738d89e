"""An organisation with a project, rules and channels, in the database of the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sink import Sink


@pytest.fixture
def project(rollback: None) -> Any:
    """A project with an owner of its organisation."""
    from vedette.accounts.models import Membership, Organization, User
    from vedette.accounts.roles import Role
    from vedette.alerts import counters
    from vedette.projects.creation import create_project

    counters.limit.forget()
    organization = Organization.objects.create(slug="lantern", name="Lantern")
    user = User.objects.create_user("ada@example.com", name="Ada")
    Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    return create_project(organization, "Shop", "python")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The other side."""
    with Sink() as made:
        yield made


@pytest.fixture
def fetcher() -> Any:
    """Requests to loopback are allowed."""
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    return Fetcher(read_networks("127.0.0.1"))


@pytest.fixture
def make(project: Any) -> Any:
    """Applies a file's text to the organisation."""
    from vedette.configuration import Author
    from vedette.configuration._applying import carry_out, plan
    from vedette.configuration._files import read_text

    def apply(text: str, *, prune: bool = False) -> list[Any]:
        steps = plan(project.organization, read_text(text, "rules.yaml"), prune=prune)
        carry_out(project.organization, steps, Author(is_file=True))
        return steps

    return apply
