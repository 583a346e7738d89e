"""Audits of code in PostgreSQL."""

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


def test_audits_are_the_same_in_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    """Also those that come at once, in any order and twice: each counts once."""
    environment = {
        **os.environ,
        "VEDETTE_DATA": str(tmp_path),
        "VEDETTE_DATABASE_URL": postgres.database(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.audits_in_database"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "is_waited_for": True,
        "audits": 3,
        "states": [["lasts", "fixed"], ["new", "accepted"], ["old", "fixed"]],
        "trend": [[2, 2, 0], [1, 0, 1], [0, 0, 1]],
        "alerts": [1, 0],
        "instead": {"first": 1, "new": ["raise"]},
        "found": 1,
        "frames": 0,
        "groups": [["shop/till.py", 3]],
        "counts": {"urgent": 0, "important": 2, "routine": 0, "info": 0},
        "projects": 1,
    }
