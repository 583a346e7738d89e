"""What everything takes, as sums: written by the worker, read by whoever shows it.

The file is made anew every minute and may be lost at any time. Reading it costs tens of
milliseconds for a hundred thousand sums, and nothing of the telemetry is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from vedette.config import Config
from vedette.store.durable import write_file

Key = TypeVar("Key")
_NAME = "storage.msgpack"
_VERSION = 1


class Use(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One kind of one project on one day (counted since 1970).

    `bytes` are its part of the day's file on disk, `blob_bytes` those of the blobs that it
    names; a blob that several name counts for each.
    """

    day: int
    project_id: int
    stock: str
    rows: int
    bytes: int
    blob_bytes: int

    @property
    def total(self) -> int:
        """Both."""
        return self.bytes + self.blob_bytes


class Sums(msgspec.Struct):
    """Everything at one moment (seconds since 1970).

    `parts` are the bytes of the data folder's parts, `growth` the bytes of all by hour, the
    oldest first; `dead_bytes` is the room of rows that are deleted, which the next rewriting
    frees.
    """

    at: float = 0.0
    version: int = _VERSION
    uses: list[Use] = []
    parts: dict[str, int] = {}
    dead_bytes: int = 0
    growth: list[tuple[int, int]] = []
    disk_bytes: int = 0
    disk_free_bytes: int = 0
    most_bytes: int = 0
    keep_free_bytes: int = 0
    given_up: list[tuple[float, str, int, int]] = []

    @property
    def total(self) -> int:
        """The whole data folder."""
        return sum(self.parts.values())


_decode = msgspec.msgpack.Decoder(Sums).decode
_encode = msgspec.msgpack.Encoder().encode


def read_sums(config: Config) -> Sums | None:
    """The sums as they were noted last, or None."""
    try:
        found = _decode(_path(config).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.version == _VERSION else None


def write_sums(config: Config, sums: Sums) -> None:
    """Let others read them. Raises OSError."""
    write_file(_path(config), _encode(sums))


def add_up(uses: Iterable[Use], key: Callable[[Use], Key]) -> dict[Key, int]:
    """Bytes by whatever `key` says of each."""
    total: dict[Key, int] = defaultdict(int)
    for one in uses:
        total[key(one)] += one.bytes + one.blob_bytes
    return dict(total)


def _path(config: Config) -> Path:
    return config.data / _NAME
