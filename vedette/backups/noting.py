"""What became of the last backups of a folder: `backups.json`, for the pages and the loop."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from vedette.backups.folder import NOTE
from vedette.store.durable import write_file

log = logging.getLogger("vedette.backups")

_MOST = 50


class Taken(msgspec.Struct, kw_only=True):
    """A backup that was taken; `problems` of its last verification, at `verified` or never."""

    name: str
    place: str
    moment: float
    seconds: float
    size_bytes: int
    written_bytes: int
    verified: float = 0.0
    problems: list[str] = []


class Note(msgspec.Struct, kw_only=True):
    """The last backups, the newest first, and the failure since, if there was one."""

    taken: list[Taken] = []
    tried: float = 0.0
    failure: str = ""

    def last(self, place: str) -> Taken | None:
        """The newest at a place."""
        return next((one for one in self.taken if one.place == place), None)


def read(data: Path) -> Note:
    """The note; an empty one where there is none."""
    try:
        return msgspec.json.decode((data / NOTE).read_bytes(), type=Note)
    except FileNotFoundError:
        return Note()
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s is begun anew: %s", NOTE, error)
        return Note()


def write(data: Path, note: Note) -> None:
    """Replace the note; what a full disk does not take is only not shown."""
    note.taken = note.taken[:_MOST]
    try:
        write_file(data / NOTE, msgspec.json.encode(note))
    except OSError as error:
        log.warning("%s cannot be written: %s", NOTE, error)


def add(data: Path, taken: Taken) -> None:
    """A backup was taken."""
    note = read(data)
    note.taken.insert(0, taken)
    note.failure = ""
    write(data, note)


def keep_only(data: Path, place: str, names: set[str]) -> None:
    """Backups of a place that are gone are no longer told of."""
    note = read(data)
    note.taken = [one for one in note.taken if one.place != place or one.name in names]
    write(data, note)


def note_verified(data: Path, place: str, name: str, at: float, problems: list[str]) -> None:
    """A backup was verified."""
    note = read(data)
    for one in note.taken:
        if one.place == place and one.name == name:
            one.verified, one.problems = at, problems
    write(data, note)


def note_tried(data: Path, at: float) -> None:
    """The schedule begins a try."""
    note = read(data)
    note.tried = at
    write(data, note)


def note_failure(data: Path, failure: str) -> None:
    """How the try ended: the words of its failure, or none."""
    note = read(data)
    note.failure = failure
    write(data, note)
