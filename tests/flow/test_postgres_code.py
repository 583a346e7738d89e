"""Where frames lead and who works on issues, in PostgreSQL."""

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


def test_code_and_assignments_are_the_same_in_postgresql(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Every question that pages and API ask of them is answered there, too."""
    environment = {
        **os.environ,
        "VEDETTE_DATA": str(tmp_path),
        "VEDETTE_DATABASE_URL": postgres.database(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.code_in_database"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "guess": "api/",
        "link": f"https://github.com/o/shop/blob/{0:040x}/api/shop/b.py#L7",
        "suspects": ["1", "0"],
        "owner": "ann@example.com",
        "counts": [[1, 0, 0], [0, 1, 1], [1, 0, 0]],
        "assigned": 1,
        "seen": [1, 0],
        "commits": [3, 0],
    }
