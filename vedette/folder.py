"""The data folder belongs to one user: nobody else on the machine may read what is in it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

log = logging.getLogger("vedette")

_OTHERS = 0o077


def keep_private(folder: Path) -> None:
    """From now on make files for this user only; take others' rights from what is there.

    Only a folder that is open to others is walked: what an earlier version has made.
    """
    os.umask(_OTHERS)
    try:
        if folder.is_dir() and folder.stat().st_mode & _OTHERS:
            for path in (*folder.rglob("*"), folder):  # the folder last: a second try walks again
                _close(path)
    except OSError as error:
        log.warning("%s stays readable for others: %s", folder, error)


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & _OTHERS and not path.is_symlink():
        path.chmod(mode & ~_OTHERS & 0o7777)
