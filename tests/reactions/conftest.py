"""The domain that reacts, and a project in it."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.config import Config


@pytest.fixture
def domain(rollback: None) -> Any:
    from vedette.reactions._domain import ReactingDomain

    return ReactingDomain(Config(), issues_per_hour=3)


@pytest.fixture
def project(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")
