"""A project with monitors, and time that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.monitors.sample_probe import KIND
from vedette import clock
from vedette.config import Config

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


@pytest.fixture
def project(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


@pytest.fixture
def _sample_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the kinds of the drawer there is `sample`."""
    from vedette.probing.kinds import probes

    known = {**probes(), KIND.name: KIND}
    monkeypatch.setattr("vedette.monitors.kinds.probes", lambda: known)


@pytest.fixture
def watch(project: Any, _sample_kind: None) -> Iterator[Watch]:
    """The domain that judges, and the clock."""
    from tests.monitors.watching import Watch
    from vedette.reactions._domain import ReactingDomain

    made = Watch(project, ReactingDomain(Config(), issues_per_hour=3))
    yield made
    clock.turn(0)
