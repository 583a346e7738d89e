"""Builds that report one release at the same moment, as several jobs of a pipeline do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.postgres import Postgres, find_binaries

BINARIES = find_binaries()
GOOD = {200, 201, 204, 208, 404}


def test_reports_at_the_same_moment_are_all_answered(tmp_path: Path, migrated: Path) -> None:
    """By SQLite: each finds the release as another has left it, or gone."""
    shutil.copy(migrated, tmp_path)
    assert _statuses(tmp_path) <= GOOD


@pytest.mark.postgres
@pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed")
def test_reports_at_the_same_moment_are_all_answered_by_postgres(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Where nothing waits by itself."""
    assert _statuses(tmp_path, VEDETTE_DATABASE_URL=postgres.database()) <= GOOD


def _statuses(data: Path, **more: str) -> set[int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.releases_at_once"],
        env={**os.environ, "VEDETTE_DATA": str(data), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))
