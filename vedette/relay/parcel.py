"""A request as it is sent: what is kept of it, and its body, which stays in its file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from vedette.relay.queue import Entry
from vedette.relay.record import Kept, decode_kept
from vedette.spool import segment

PIECE_BYTES = 256 << 10
_WHOLE_BYTES = 1 << 20


class Gone(OSError):
    """There is no such request any more; any other OSError is of the moment."""


class Parcel(NamedTuple):
    """One request; whoever asked for it closes its file."""

    kept: Kept
    file: BinaryIO
    body_at: int
    body_bytes: int

    def pieces(self) -> Iterator[bytes]:
        """The body, a piece at a time."""
        at, end = self.body_at, self.body_at + self.body_bytes
        while at < end:
            piece = os.pread(self.file.fileno(), min(PIECE_BYTES, end - at), at)
            if not piece:
                raise OSError("the file of a request has become shorter")
            at += len(piece)
            yield piece

    def copy(self, folder: Path) -> bytes | Path:
        """The body, in memory or, a large one, in a file that its caller removes."""
        if self.body_bytes <= _WHOLE_BYTES:
            return b"".join(self.pieces())
        handle, name = tempfile.mkstemp(dir=folder, suffix=".body")
        with os.fdopen(handle, "wb") as file:
            for piece in self.pieces():
                file.write(piece)
        return Path(name)


def open_parcel(entry: Entry) -> Parcel:
    """The request of an entry. Raises Gone, or OSError where it cannot be opened just now."""
    try:
        file = entry.segment.path.open("rb")
    except FileNotFoundError as error:
        raise Gone(str(error)) from None
    try:
        place = segment.place_at(file, entry.segment, entry.start, is_checked=False)
        if place is None:
            raise Gone(f"what lies at {entry.start} of {entry.segment.path} cannot be read")
        return Parcel(decode_kept(place.meta), file, place.body_at, place.body_bytes)
    except BaseException:
        file.close()
        raise
