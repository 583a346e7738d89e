"""A project that is audited."""

from __future__ import annotations

import pytest

from vedette.accounts.models import Organization
from vedette.projects.creation import create_project
from vedette.projects.models import Project


@pytest.fixture
def shop(rollback: None) -> Project:
    """A project without audits."""
    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")
