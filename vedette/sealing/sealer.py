"""Seals and opens secrets with the keys of the installation.

The keys lie in the file `seal_keys` of the data folder, the newest first, readable by their
owner only. Everything is sealed with the newest and opened with any; `vedette keys rotate`
puts a new one first, seals everything anew and lets the old ones go.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when something is sealed: most processes never do
    from cryptography.fernet import MultiFernet

_NAME = "seal_keys"


class CannotOpen(ValueError):
    """The sealed text was changed, or its key is gone."""


class Sealer:
    """Authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA256). Safe for threads.

    The keys are read again when their file changes, so a rotation beside running processes
    loses nothing: they seal with the new key from then on.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / _NAME
        if not _read_keys(data):
            _add_first(data)
        self._held: tuple[int, MultiFernet] | None = None

    def seal(self, data: bytes) -> bytes:
        """The sealed form, URL-safe text."""
        return self._keys().encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises CannotOpen."""
        from cryptography.fernet import InvalidToken

        try:
            return self._keys().decrypt(sealed)
        except InvalidToken:
            raise CannotOpen("a sealed value cannot be opened: its key is not there") from None

    def seal_anew(self, sealed: bytes) -> bytes:
        """The same under the newest key. Raises CannotOpen."""
        return self.seal(self.open(sealed))

    def _keys(self) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet

        changed = self._path.stat().st_mtime_ns
        if self._held is None or changed != self._held[0]:
            keys = self._path.read_bytes().split()
            self._held = (changed, MultiFernet([Fernet(key) for key in keys]))
        return self._held[1]


@contextmanager
def rotation(data: Path) -> Iterator[None]:
    """One rotation at a time: a second waits, else it would drop the key of the first."""
    with (data / f"{_NAME}.lock").open("ab") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def add_key(data: Path) -> None:
    """Put a new key before the others."""
    _write_keys(data, [_new_key(), *_read_keys(data)])


def drop_old_keys(data: Path) -> int:
    """Forget all keys but the newest; returns how many went. Nothing may need them any more."""
    keys = _read_keys(data)
    _write_keys(data, keys[:1])
    return max(0, len(keys) - 1)


def _new_key() -> bytes:
    """A Fernet key: 32 random bytes, as URL-safe text."""
    return base64.urlsafe_b64encode(os.urandom(32))


def _read_keys(data: Path) -> list[bytes]:
    try:
        return (data / _NAME).read_bytes().split()
    except FileNotFoundError:
        return []


def _add_first(data: Path) -> bytes:
    """Make the first key; if another process was faster, its key counts."""
    data.mkdir(parents=True, exist_ok=True)
    key = _new_key()
    temporary = _written_aside(data, [key])
    try:
        os.link(temporary, data / _NAME)  # whole from the first moment, and never over another
    except FileExistsError:
        return _read_keys(data)[0]
    finally:
        temporary.unlink()
    _sync(data)
    return key


def _write_keys(data: Path, keys: list[bytes]) -> None:
    os.replace(_written_aside(data, keys), data / _NAME)
    _sync(data)


def _written_aside(data: Path, keys: list[bytes]) -> Path:
    """The keys in a file of this process's own, safely on disk."""
    temporary = data / f"{_NAME}.{os.getpid()}-{get_ident()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _sync(folder: Path) -> None:
    """A name is on disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
