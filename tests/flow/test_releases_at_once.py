"""Builds that report one release at the same moment, as several jobs of a pipeline do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.flow.postgres import Postgres, find_binaries

BINARIES = find_binaries()
GOOD = {200, 201, 204, 208, 404}


def test_reports_at_the_same_moment_are_all_answered(tmp_path: Path) -> None:
    """By SQLite: each finds the release as another has left it, or gone."""
    assert _statuses(tmp_path) <= GOOD


@pytest.mark.postgres
@pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed")
def test_reports_at_the_same_moment_are_all_answered_by_postgres(tmp_path: Path) -> None:
    """Where nothing waits by itself."""
    assert BINARIES is not None
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(BINARIES, Path(folder)) as running:
            assert _statuses(tmp_path, VEDETTE_DATABASE_URL=running.url) <= GOOD


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
