"""The store that this process asks: set once at start, read by domain code."""

from __future__ import annotations

from vedette.store.engine import Reader
from vedette.store.errors import StoreUnavailable

_reader: Reader | None = None


def use(reader: Reader) -> None:
    """Make this the process's store."""
    global _reader
    _reader = reader


def store() -> Reader:
    """The process's store. Raises StoreUnavailable before `use`."""
    if _reader is None:
        raise StoreUnavailable("no store is configured in this process")
    return _reader
