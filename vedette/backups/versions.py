"""Whether a backup was made by a newer version, which this one must not restore."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import vedette
from vedette.backups.errors import BackupError
from vedette.backups.manifest import Backup

_NUMBER: Final = re.compile(r"\d+")


def check(backup: Backup) -> None:
    """Raises BackupError for a backup that this version would misread.

    A version that is being worked on keeps its name, so the migrations count as well: those of an
    app that is here go up to a number that must not be beyond ours.
    """
    ahead = [
        f"{app} {name}"
        for app, name in sorted(backup.migrations.items())
        if 0 <= _last_here(app) < _number(name)
    ]
    if _parts(backup.version) > _parts(vedette.__version__) or ahead:
        why = f" (its metadata have {ahead[0]})" if ahead else ""
        raise BackupError(
            f"backup {backup.name} was made by Vedette {backup.version}{why}, which is newer than "
            f"this one, {vedette.__version__}: upgrade, then restore it"
        )


def _parts(version: str) -> list[int]:
    return [int(part) for part in _NUMBER.findall(version)[:3]]


def _last_here(app: str) -> int:
    """The number of an app's last migration; -1 for an app of somebody else."""
    folder = Path(vedette.__file__).parent / app / "migrations"
    return max((_number(path.name) for path in folder.glob("[0-9]*.py")), default=-1)


def _number(migration: str) -> int:
    found = _NUMBER.match(migration)
    return int(found[0]) if found else 0
