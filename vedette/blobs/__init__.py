"""Large immutable bytes, addressed by their content: a folder by default."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Iterable
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{64}\Z")
_NEW, _OLD = ".new", ".old"


class BlobFolder:
    """Blobs in a folder, two levels deep, named by SHA-256. Writing twice is harmless."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their name."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)
            return name
        self._make_folder(path.parent)
        temporary = _beside(path, _NEW)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync(path.parent)  # or a loss of power takes the name, and the row that has it stays
        return name

    def adopt(self, path: Path) -> str:
        """Take over a file of the same disk, which is moved, and return its name."""
        with path.open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        os.utime(path)
        self._make_folder(self._path(name).parent)
        os.replace(path, self._path(name))
        _sync(self._path(name).parent)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes of that name, or None. A name that is no SHA-256 is nobody's."""
        if not _NAME.match(name):
            return None
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str) -> bool:
        """Whether there are bytes of that name."""
        return _NAME.match(name) is not None and self._path(name).is_file()

    def size(self, name: str) -> int:
        """How many bytes a blob has; 0 if there is none."""
        try:
            return self._path(name).stat().st_size if _NAME.match(name) else 0
        except FileNotFoundError:
            return 0

    def names_before(self, moment: float) -> list[str]:
        """The blobs last written before `moment` (seconds)."""
        return [
            path.name
            for path in self._folder.glob("??/*")
            if _NAME.match(path.name) and path.stat().st_mtime < moment
        ]

    def remove_before(self, moment: float) -> int:
        """Delete the blobs last written before `moment` (seconds); returns how many."""
        return sum(self._remove(path.name, moment) for path in self._folder.glob("??/*"))

    def remove(self, names: Iterable[str], *, before: float) -> set[str]:
        """Delete blobs but for those written since `before` (seconds), which are returned."""
        return {name for name in names if _NAME.match(name) and not self._remove(name, before)}

    def remove_leftovers(self, before: float) -> None:
        """Undo what ended half way `before` (seconds): what was being written goes, what
        was being deleted is put back, to be judged again."""
        for path in self._folder.glob("??/*"):
            name, _, rest = path.name.partition(".")
            if rest and is_older(path, before):
                if rest.endswith(_OLD) and not self.has(name):
                    os.replace(path, self._path(name))
                else:
                    path.unlink(missing_ok=True)

    def _remove(self, name: str, before: float) -> bool:
        """Delete one, unless it was written since, also in this very moment."""
        path = self._path(name)
        aside = _beside(path, _OLD)
        try:
            if path.stat().st_mtime >= before:
                return False
            os.replace(path, aside)
        except FileNotFoundError:
            return True
        if aside.stat().st_mtime >= before:
            os.replace(aside, path)
            return False
        aside.unlink()
        return True

    def _make_folder(self, folder: Path) -> None:
        """Make one of the folders, lasting when it returns."""
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(self._folder)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_older(path: Path, moment: float) -> bool:
    """Whether a file is there and was last touched before `moment` (seconds)."""
    try:
        return path.lstat().st_ctime < moment
    except FileNotFoundError:
        return False  # whoever wrote it has taken it away


def _beside(path: Path, ending: str) -> Path:
    """A name beside a blob's own that no other thread or process uses."""
    return path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{ending}")
