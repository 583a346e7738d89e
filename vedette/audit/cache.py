"""Facts by the content of their file, kept in the user's cache folder between audits.

A cache that cannot be used costs time, never an audit: it is then as if nothing were in it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from vedette.audit.facts import FileFacts

_KEPT_SECONDS = 30 * 86_400
_GRAMMARS = ("tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")
_TABLE = "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, used INTEGER, packed BLOB)"


def default_folder() -> Path | None:
    """Where the system keeps caches of this user; None if there is no home."""
    named, home = os.environ.get("XDG_CACHE_HOME"), home_folder()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "vedette" if home else None
    if named:
        return Path(named) / "vedette"
    return home / ".cache" / "vedette" if home else None


def home_folder() -> Path | None:
    """The user's, if there is one."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _checked(value: bytes) -> bytes:
    """What is kept before a value, so that a torn one is known."""
    return blake2b(value, digest_size=8).digest()


def key_of(language: str, text: bytes) -> bytes:
    """The name of a content, of the shape of facts and of what reads them."""
    digest = blake2b(text, digest_size=20, key=_shape(), person=b"audit")
    digest.update(language.encode())
    return digest.digest()


class Cache:
    """A table of packed facts. `folder` of None is a cache that forgets."""

    def __init__(self, folder: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._db = sqlite3.connect(folder / "audit.sqlite", timeout=2)
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=OFF")
                self._db.execute(_TABLE)
            except (OSError, sqlite3.Error):
                self._db = None

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What is known of these keys."""
        wanted = list(keys)
        if self._db is None:
            return {}
        found: dict[bytes, bytes] = {}
        try:
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                marks = ",".join("?" * len(some))
                statement = f"SELECT key, packed FROM facts WHERE key IN ({marks})"  # noqa: S608
                for key, held in self._db.execute(statement, some):
                    if isinstance(held, bytes) and _checked(held[8:]) == held[:8]:
                        found[key] = held[8:]
        except sqlite3.Error:
            self._db = None
        return found

    def put(self, packed: Mapping[bytes, bytes]) -> None:
        """Keep what was read."""
        if self._db is None or not packed:
            return
        now = int(time.time())
        try:
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)",
                    [(key, now, _checked(value) + value) for key, value in packed.items()],
                )
        except sqlite3.Error:
            self._db = None

    def close(self) -> None:
        """Let go of what nobody asked for in thirty days."""
        if self._db is None:
            return
        try:
            with self._db:
                oldest = int(time.time()) - _KEPT_SECONDS
                self._db.execute("DELETE FROM facts WHERE used < ?", (oldest,))
            self._db.close()
        except sqlite3.Error:
            pass  # another audit has it: that one will do it
        self._db = None


_SHAPE: list[bytes] = []


def _shape() -> bytes:
    """A key that changes with every change of what facts are or of what makes them."""
    if not _SHAPE:
        digest = blake2b(digest_size=32)
        folder = Path(__file__).parent
        readers = sorted(folder.glob("languages/*.py"))
        for path in (
            folder / "built.py",
            folder / "copied.py",
            folder / "facts.py",
            folder / "vocabulary.py",
            folder / "secrets.py",
            *readers,
        ):
            if path.exists():
                digest.update(path.read_bytes())
        for name in _GRAMMARS:
            digest.update(_version(name).encode())
        digest.update(repr(FileFacts.__struct_fields__).encode())
        _SHAPE.append(digest.digest())
    return _SHAPE[0]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
