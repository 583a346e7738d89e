"""An organisation with two projects, and releases as events make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vedette import clock, items
from vedette.facts import Fact, ReleaseSeen, merged
from vedette.store import access
from vedette.store.duck import DuckStore

See = Callable[..., list[Fact]]
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckStore]:
    held = DuckStore(tmp_path, items.tables(), memory_bytes=256 << 20, threads=1)
    monkeypatch.setattr(access, "_reader", held)
    monkeypatch.setattr("vedette.clock.timestamp", NOW.timestamp)
    yield held
    held.close()


@pytest.fixture
def organization(rollback: None) -> Any:
    from vedette.accounts.models import Organization
    from vedette.releases import bounds, recording

    recording.forget_all()
    bounds.forget_all()
    return Organization.objects.create(slug="o", name="O")


@pytest.fixture
def shop(organization: Any) -> Any:
    from vedette.projects.creation import create_project

    return create_project(organization, "Shop", "python")


@pytest.fixture
def web(organization: Any) -> Any:
    from vedette.projects.creation import create_project

    return create_project(organization, "Web", "javascript")


@pytest.fixture
def see() -> See:
    """Let a project's event say its release, so many seconds ago."""

    def run(project: Any, *versions: str, environment: str = "production", ago: float = 0) -> Any:
        from vedette.releases.recording import record_releases

        at = clock.timestamp() - ago
        facts = [
            ReleaseSeen(
                project_id=project.pk,
                release=version,
                environment=environment,
                first_seen=at,
                last_seen=at,
            )
            for version in versions
        ]
        return record_releases(merged(facts))

    return run
