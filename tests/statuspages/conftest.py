"""A page of a project with monitors, and time that the test turns."""

from __future__ import annotations

from typing import Any

import pytest

from tests.monitors.conftest import _sample_kind, project, watch

__all__ = ["_sample_kind", "project", "watch"]


@pytest.fixture
def page(project: Any) -> Any:
    """A page without anything on it."""
    from vedette.statuspages.models import StatusPage

    return StatusPage.objects.create(
        organization=project.organization, slug="shop", title="Shop status"
    )


@pytest.fixture
def add(page: Any) -> Any:
    """Adds a component of these monitors."""
    from vedette.statuspages.models import StatusComponent

    def made(name: str, *monitors: Any, **values: Any) -> Any:
        component = StatusComponent.objects.create(
            page=page, name=name, position=page.components.count(), **values
        )
        component.monitors.set(monitors)
        return component

    return made
