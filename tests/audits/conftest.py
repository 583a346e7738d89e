"""A project that is audited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.stage import Flow, Stage
from vedette.accounts.models import Organization
from vedette.projects.creation import create_project
from vedette.projects.models import Project


@pytest.fixture
def shop(rollback: None) -> Project:
    """A project without audits."""
    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


@pytest.fixture
def stage(shop: Project, tmp_path: Path) -> Iterator[Stage]:
    """A pipeline and a store of the test's own."""
    made = Stage(Flow(tmp_path))
    yield made
    made.close()
