"""Symbol caches, mappings and source bundles, the hot ones kept open within a bound of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from symbolic.exceptions import SymbolicError
from symbolic.symcache import SymCache

from vedette.blobs.packed import PackedFolder, TooLarge
from vedette.symbols.files import MOST_CACHE_BYTES
from vedette.symbols.mapping import Mapping
from vedette.symbols.portable import MAGIC, PortablePdb
from vedette.symbols.sources import SourceBundle

MOST_FILE_BYTES = MOST_CACHE_BYTES
_LEAST_BYTES = 64 << 10  # what a small one costs besides its bytes; each mapping is a mapped file
T = TypeVar("T")
Symbols: TypeAlias = SymCache | PortablePdb


class Unreadable(Exception):  # noqa: N818 - a fact of the file, no fault of ours
    """A file that was uploaded cannot be used now; the text says why."""


class Bounded(Generic[T]):
    """What was opened last, up to `most_bytes`, and always one. For one thread.

    `open_` makes a thing of bytes and raises Unreadable, which is remembered, too. Each thing
    counts for `least_bytes` at least.
    """

    def __init__(
        self,
        most_bytes: int,
        blobs: PackedFolder,
        open_: Callable[[bytes], T],
        least_bytes: int = _LEAST_BYTES,
    ) -> None:
        self._least_bytes = least_bytes
        self._most_bytes = most_bytes
        self._blobs = blobs
        self._open = open_
        self._held: OrderedDict[str, tuple[T | Unreadable, int]] = OrderedDict()
        self.size_bytes = 0

    def get(self, blob: str) -> T:
        """The thing of that name. Raises Unreadable and OSError."""
        held = self._held.get(blob)
        if held is None:
            held = self._read(blob)
            self._keep(blob, held)
        else:
            self._held.move_to_end(blob)
        if isinstance(held[0], Unreadable):
            raise Unreadable(str(held[0]))
        return held[0]

    def _read(self, blob: str) -> tuple[T | Unreadable, int]:
        try:
            data = self._blobs.get(blob, MOST_FILE_BYTES)
            if data is None:
                raise Unreadable("it was deleted")
            return self._open(data), max(len(data), self._least_bytes)
        except TooLarge:
            return Unreadable(f"it is larger than {MOST_FILE_BYTES >> 20} MB"), 1024
        except Unreadable as error:
            return Unreadable(str(error)[:200]), 1024

    def _keep(self, blob: str, held: tuple[T | Unreadable, int]) -> None:
        self._held[blob] = held
        self.size_bytes += held[1]
        while self.size_bytes > self._most_bytes and len(self._held) > 1:
            _, gone = self._held.popitem(last=False)
            self.size_bytes -= gone[1]


def open_symbols(data: bytes) -> Symbols:
    """A symbol cache as the upload made it, or a portable PDB. Raises Unreadable."""
    try:
        if data.startswith(MAGIC):
            return PortablePdb(data)
        symbols: SymCache = SymCache.from_bytes(data)  # type: ignore[no-untyped-call]
        return symbols
    except (SymbolicError, ValueError) as error:
        raise Unreadable(str(error)) from None


def open_mapping(data: bytes) -> Mapping:
    """A ProGuard or R8 mapping. Raises Unreadable."""
    try:
        return Mapping(data)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def open_sources(data: bytes) -> SourceBundle:
    """The sources beside a debug file. Raises Unreadable."""
    try:
        return SourceBundle(data)
    except ValueError as error:
        raise Unreadable(str(error)) from None
