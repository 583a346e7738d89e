"""What one backup consists of: a manifest, which is written last and makes it one."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from vedette.backups.errors import Damaged

FORMAT: Final = 1
_NAME: Final = "%Y%m%dT%H%M%SZ"


class File(msgspec.Struct, frozen=True, gc=False):
    """A file of the data folder: its pieces are objects, in order, named by their SHA-256."""

    path: str
    size: int
    changed: int  # nanoseconds since 1970, as the system had it
    sha256: str
    pieces: list[str]


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """One backup. `moment` is when it is true of, in seconds since 1970.

    `store` and `database` say how many rows each of their tables had; `spool` where each writer's
    records begin that had not been digested. `written_bytes` is what the repository grew by.
    `migrations` are the last that the metadata had seen, by app.
    """

    format: int = FORMAT
    name: str
    moment: float
    seconds: float
    version: str
    engine: Literal["sqlite", "postgresql"]
    files: list[File]
    store: dict[str, int]
    database: dict[str, int]
    spool: dict[str, int]
    written_bytes: int
    migrations: dict[str, str] = {}

    @property
    def size_bytes(self) -> int:
        """What a restored folder takes."""
        return sum(file.size for file in self.files)

    def pieces(self) -> set[str]:
        """The objects that it needs."""
        return {piece for file in self.files for piece in file.pieces}


class _Form(msgspec.Struct):
    """Which form a manifest has; what else is in it only that form says."""

    format: int = FORMAT


class _Sealed(msgspec.Struct):
    """A manifest as it is stored, with the checksum of its bytes."""

    sha256: str
    backup: msgspec.Raw


def name_of(moment: float) -> str:
    """The name of a backup that is true of a moment."""
    return datetime.fromtimestamp(moment, UTC).strftime(_NAME)


def moment_of(name: str) -> float:
    """When a backup of this name is true of, to the second. Raises ValueError."""
    return datetime.strptime(name, _NAME).replace(tzinfo=UTC).timestamp()


def encode(backup: Backup) -> bytes:
    """As it is stored."""
    content = msgspec.json.encode(backup)
    sealed = _Sealed(hashlib.sha256(content).hexdigest(), msgspec.Raw(content))
    return msgspec.json.encode(sealed)


def decode(name: str, stored: bytes) -> Backup:
    """What was stored. Raises Damaged."""
    try:
        sealed = msgspec.json.decode(stored, type=_Sealed)
        if hashlib.sha256(sealed.backup).hexdigest() != sealed.sha256:
            raise Damaged(f"the manifest of backup {name} was changed: use another backup")
        if msgspec.json.decode(sealed.backup, type=_Form).format != FORMAT:
            raise Damaged(f"backup {name} was made by a newer version; upgrade to use it")
        return msgspec.json.decode(sealed.backup, type=Backup)
    except msgspec.DecodeError as error:
        raise Damaged(f"the manifest of backup {name} cannot be read: {error}") from None
