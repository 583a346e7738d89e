"""Who may work with a data folder while it is copied, and where copies lie for that while."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vedette.backups import folder
from vedette.backups.errors import BackupError, InUse
from vedette.backups.holding import Hold, holding
from vedette.claim import Claimed, claim
from vedette.config import Config

_WORKER_SECONDS: Final = 30.0  # a worker that died is back by then


@contextmanager
def staging_of(data: Path) -> Iterator[Path]:
    """A folder beside the data, empty, for this backup alone. Raises InUse."""
    path = data / folder.STAGING
    try:
        path.mkdir(exist_ok=True, mode=0o700)
        handle = claim(path)
    except Claimed:
        raise InUse(f"another backup of {data} is under way: try again later") from None
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error
    try:
        files = path / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        yield files
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


@contextmanager
def still(config: Config) -> Iterator[Hold | None]:
    """Nobody changes the store: the worker holds, or nobody runs. Raises BackupError."""
    wait = _WORKER_SECONDS if is_claimed(config.run_folder) else 0.0
    with holding(config.run_folder, wait_seconds=wait) as hold:
        if hold is not None:
            yield hold
            return
        if wait:
            raise BackupError("the worker is not there: see whether Vedette is well, and try again")
        config.store_folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = claim(config.store_folder)
        except Claimed as error:
            raise InUse(str(error)) from None
        try:
            yield None
        finally:
            os.close(handle)


def is_claimed(place: Path) -> bool:
    """Whether a process owns a folder."""
    if not place.is_dir():
        return False
    try:
        os.close(claim(place))
    except Claimed:
        return True
    return False
