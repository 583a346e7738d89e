"""`vedette migrate`, which every command does first."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path


def test_commands_that_prepare_the_database_at_once_do_so_one_after_the_other(
    tmp_path: Path,
) -> None:
    """A start that was interrupted and begun again, a script beside it: all tables, once."""
    command = [sys.executable, "-m", "vedette", "migrate", "--first-run", "--data", str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == [""] * 3
    with sqlite3.connect(tmp_path / "vedette.sqlite3") as database:
        applied = database.execute("SELECT app, name FROM django_migrations").fetchall()
        owners = database.execute("SELECT count(*) FROM accounts_organization").fetchone()
    assert len(applied) == len(set(applied))
    assert owners == (1,)
