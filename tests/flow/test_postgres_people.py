"""People who are changed at the same moment, in PostgreSQL, where nothing waits by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.postgres import Postgres, find_binaries

BINARIES = find_binaries()
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL server is installed"),
]


def test_changes_at_the_same_moment_leave_an_owner_and_no_error(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Whoever goes second is told that they are the last; what is made twice is found."""
    environment = {
        **os.environ,
        "VEDETTE_DATA": str(tmp_path),
        "VEDETTE_DATABASE_URL": postgres.database(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.people_at_once"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "removed": 1,
        "demoted": 1,
        "deactivated": 1,
        "first owners": 1,
        "newcomers": ["", "", ""],
        "identities": 1,
        "invited": ["", "", ""],
        "invitations": 1,
    }
