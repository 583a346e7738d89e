"""What the store knows of its files without opening them: `catalog.json` in its folder.

An entry holds as long as the file has the size and time that it names and no log. What does
not hold is read from the file itself, so the catalog may be lost at any time.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from vedette.store.dayfile import DayFile
from vedette.store.durable import write_file

log = logging.getLogger("vedette.store")

_NAME = "catalog.json"


class Entry(msgspec.Struct):
    """One file, as it was at its last checkpoint."""

    size: int
    changed: int  # nanoseconds
    schema: str
    flush: int
    held: dict[str, int]
    amounts: list[tuple[str, int, int, int]]


def read(folder: Path) -> dict[str, Entry]:
    """The entries by the file's name; none if the catalog is missing or not readable."""
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=dict[str, Entry])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the catalog of the store is made anew: %s", error)
        return {}


def write(folder: Path, entries: dict[str, Entry]) -> None:
    """Replace the catalog; on a full disk the old one stays, whose entries tell their age."""
    try:
        write_file(folder / _NAME, msgspec.json.encode(entries))
    except OSError as error:
        log.warning("the catalog of the store is not written: %s", error)


def entry_of(file: DayFile, schema: str) -> Entry | None:
    """What is to be remembered of a file that has just been checkpointed."""
    try:
        found = file.path.stat()
    except FileNotFoundError:
        return None
    amounts = [(table, project, *pair) for (table, project), pair in file.amounts.items()]
    return Entry(found.st_size, found.st_mtime_ns, schema, file.flush, dict(file.held), amounts)


def recall(file: DayFile, entry: Entry | None, schema: str) -> bool:
    """Take over an entry, if it is still true of the file."""
    if entry is None or file.log.exists():
        return False
    found = file.path.stat()
    if (found.st_size, found.st_mtime_ns) != (entry.size, entry.changed):
        return False
    file.flush = entry.flush
    file.held = dict(entry.held)
    file.amounts = {(table, project): (n, size) for table, project, n, size in entry.amounts}
    file.is_declared = entry.schema == schema
    file.is_known = True
    return True
