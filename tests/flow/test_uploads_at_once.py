"""Jobs of a pipeline that upload the same build at the same moment, while others remove it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flow.postgres import Postgres, find_binaries

BINARIES = find_binaries()
GOOD = {"chunk 200", "assemble 200 ok", "assemble 200 not_found", "removed"} | {
    *("file 201", "list 200", "gone 204", "gone 404")
}


def test_uploads_at_the_same_moment_are_all_answered(tmp_path: Path, migrated: Path) -> None:
    """By SQLite; in the end the bundle is there once, with all its bytes."""
    shutil.copy(migrated, tmp_path)
    _check(_run(tmp_path))


@pytest.mark.postgres
@pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed")
def test_uploads_at_the_same_moment_are_all_answered_by_postgres(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Where nothing waits by itself."""
    _check(_run(tmp_path, VEDETTE_DATABASE_URL=postgres.database()))


def _check(found: dict[str, Any]) -> None:
    assert set(found["answers"]) <= GOOD
    assert found["last"] == "assemble 200 ok"
    assert (found["bundles"], found["lost"]) == (1, [])
    assert found["files"] == ["~/assets/app.js", "~/assets/app.js.map"]
    assert found["places"] == 2, "a bundle of single files for each build"


def _run(data: Path, **more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.uploads_at_once"],
        env={**os.environ, "VEDETTE_DATA": str(data), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
