"""Where backups are kept: a folder, or a place in S3 (`s3.py`). Keys are paths with slashes.

    objects/ab/abcd…        a piece of a file, compressed, named by the SHA-256 of its bytes
    backups/NAME.json       one manifest for each backup
    damaged.json            objects that were found damaged, to be written anew

What is put is whole or not there, also after a kill or a loss of power.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from vedette.backups.errors import BackupError, InUse
from vedette.claim import Claimed, claim
from vedette.store.durable import sync_folder

_NEW = ".new"
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Repository(Protocol):
    """All raise BackupError where the place cannot be used."""

    def put(self, key: str, content: bytes) -> None:
        """Write or replace one."""
        ...

    def get(self, key: str) -> bytes | None:
        """Read one; None where there is none."""
        ...

    def keys(self, folder: str) -> Iterator[str]:
        """The keys below a folder, such as `objects`."""
        ...

    def remove(self, key: str) -> None:
        """Take one away, if it is there."""
        ...

    def owned(self) -> AbstractContextManager[None]:
        """Nobody else writes there while the block runs. Raises InUse."""
        ...


class FolderRepository:
    """A folder of this machine, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: bytes) -> None:
        """See `Repository`."""
        path = self._folder / key
        temporary = path.with_name(path.name + _NEW)
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise _failure(path, error) from error

    def get(self, key: str) -> bytes | None:
        """See `Repository`."""
        try:
            return (self._folder / key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failure(self._folder / key, error) from error

    def keys(self, folder: str) -> Iterator[str]:
        """See `Repository`; files that were never finished are no keys."""
        for path in _files(self._folder / folder):
            if not path.name.endswith(_NEW):
                yield path.relative_to(self._folder).as_posix()

    def remove(self, key: str) -> None:
        """See `Repository`."""
        try:
            (self._folder / key).unlink(missing_ok=True)
        except OSError as error:
            raise _failure(self._folder / key, error) from error

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """See `Repository`. What an earlier owner had not finished is taken away."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = claim(self._folder)
        except Claimed:
            raise InUse(f"a backup to {self._folder} is under way: try again later") from None
        except OSError as error:
            raise _failure(self._folder, error) from error
        try:
            for path in _files(self._folder):
                if path.name.endswith(_NEW):
                    path.unlink(missing_ok=True)
            yield
        finally:
            os.close(handle)


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            yield Path(place, name)


def _failure(path: Path, error: OSError) -> BackupError:
    advice = "; see who may write there" if error.errno in _READ_ONLY else ""
    return BackupError(f"{path}: {error.strerror}{advice}")
