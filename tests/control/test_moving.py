"""Installations from before options had a home keep what they had set."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

_MOVE = """
import sys
from pathlib import Path
from vedette import django_setup
from vedette.config import Config
django_setup.setup(Config(data=Path(sys.argv[1])))
from django.core.management import call_command
for target in sys.argv[2:]:
    call_command("migrate", *target.split(), verbosity=0)
"""
_BEFORE = """
INSERT INTO accounts_organization (id, slug, name, created_at)
    VALUES (1, 'acme', 'Acme', '2026-01-01');
INSERT INTO projects_project
    (id, organization_id, slug, name, platform, is_demo, next_short_id, allowed_domains,
     scrubbing, artifacts_version, repaired_version, fetches_source_maps, created_at)
    VALUES (7, 1, 'shop', 'Shop', '', 0, 1, '["shop.example"]',
            '{"strict": true, "emails": false, "safe_fields": ["a", " "], "old": 1}',
            0, 0, 0, '2026-01-01'),
           (8, 1, 'web', 'Web', '', 0, 1, '[]', '{}', 0, 0, 0, '2026-01-01');
INSERT INTO projects_projectkey
    (id, project_id, public_key, label, is_active, events_per_minute, created_at)
    VALUES (1, 7, 'a', 'Default', 1, 60, '2026-01-01'), (2, 8, 'b', 'Default', 1, 0, '2026-01-01');
"""


def _move(folder: Path, *targets: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MOVE, str(folder), *targets],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_scrubbing_domains_and_limits_move_with_the_update(tmp_path: Path) -> None:
    """What a project and a key had set is what they choose now; nobody else chooses anything."""
    _move(tmp_path, "projects 0004", "accounts")
    with sqlite3.connect(tmp_path / "vedette.sqlite3") as database:
        database.executescript(_BEFORE)
    database.close()
    _move(tmp_path, "control", "projects")
    with sqlite3.connect(tmp_path / "vedette.sqlite3") as database:
        rows = database.execute(
            'SELECT project_id, key_id, "group", chosen FROM control_choice ORDER BY id'
        ).fetchall()
    database.close()
    assert rows == [
        (7, None, "scrubbing", '{"strict": true, "emails": false, "safe_fields": ["a"]}'),
        (7, None, "intake", '{"origins": ["shop.example"]}'),
        (None, 1, "intake", '{"events_per_minute": 60}'),
    ]
