"""Reads what lies on a shelf: from a position on, what is wanted of what waits there.

In a thread of its own, one reading of a shelf at a time.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from vedette.relay.progress import Progress
from vedette.relay.queue import Entry
from vedette.relay.record import decode_kept
from vedette.spool import segment
from vedette.spool.segment import Place, Segment

log = logging.getLogger("vedette.relay")

_MOST_LOOKED_AT = 1 << 14  # in one reading, so that others have their turn


@dataclass(slots=True)
class Pass:
    """One reading, from `at` on, which moves along, and at most to `end`.

    What is `held` is passed; `wants` is asked by whose a request is. `first_left` is where the
    first begins that was not wanted, `settled_bytes` what was seen for the first time and waits no
    more; `is_cut`: there may be more.
    """

    at: int
    most: int
    held: Container[int]
    wants: Callable[[str], bool]
    end: int = sys.maxsize
    found: list[Entry] = field(default_factory=list)
    looked_at: int = 0
    first_left: int | None = None
    settled_bytes: int = 0
    is_cut: bool = False

    def is_over(self) -> bool:
        """Whether nothing more is to be read."""
        has_enough = len(self.found) >= self.most or self.looked_at >= _MOST_LOOKED_AT
        self.is_cut = has_enough and self.at < self.end
        return has_enough or self.at >= self.end


class Reader:
    """Reads one folder. `seen` is how far anything was read in this life of the process: what is
    read again is neither settled nor damaged a second time."""

    def __init__(self, name: str, folder: Path, progress: Progress) -> None:
        self._name = name
        self._folder = folder
        self._progress = progress
        self.seen = progress.before
        self.damaged_bytes = 0

    def read(self, one: Pass) -> None:
        """Carry it out. Raises OSError."""
        while True:
            segments = segment.find(self._folder)
            holding = [held for held in segments if held.start <= one.at]
            if not holding:
                one.at, holding = segments[0].start, segments[:1]
            held, is_last = holding[-1], holding[-1] is segments[-1]
            with held.path.open("rb") as file:
                self._read_file(file, held, one)
                if one.is_over() or is_last:
                    break
                self._step_over(file, held, one)
            if one.at >= held.end:
                one.at = min(other.start for other in segments if other.start > held.start)
        self.seen = max(self.seen, one.at)

    def places(self, start: int, end: int) -> Iterator[Place]:
        """Where whatever can be read lies, done or not."""
        for held in segment.find(self._folder):
            at = max(start, held.start)
            if held.start >= end or held.end <= at:
                continue
            with held.path.open("rb") as file:
                while at < min(end, held.end):
                    place = segment.place_at(file, held, at, is_checked=False)
                    if place is None:
                        at += segment.damage_at(file, held, at) or held.end - at
                    else:
                        yield place
                        at = place.end

    def _read_file(self, file: BinaryIO, held: Segment, one: Pass) -> None:
        while not one.is_over():
            place = segment.place_at(file, held, one.at, is_checked=True)
            if place is None:
                break
            one.at = place.end
            one.looked_at += 1
            if place.start in one.held:  # asked before what is done: so nothing is between them
                continue
            sender = self._sender(place)
            if sender is None:
                if place.start >= self.seen:
                    one.settled_bytes += place.end - place.start
            elif one.wants(sender[0]):
                one.found.append(Entry(place.start, place.end, held, *sender))
            elif one.first_left is None:
                one.first_left = place.start

    def _sender(self, place: Place) -> tuple[str, float] | None:
        """Whose request it is and when it came; None if it is done, or nothing readable."""
        if place.start in self._progress.done:
            return None
        try:
            kept = decode_kept(place.meta)
        except msgspec.MsgspecError:
            if place.start >= self.seen:
                log.error("shelf %s: what lies at %d is no request", self._name, place.start)
            return None
        return kept.sender, kept.received

    def _step_over(self, file: BinaryIO, held: Segment, one: Pass) -> None:
        """Pass what is no record, in a file that grows no more."""
        passed = segment.damage_at(file, held, one.at) if one.at < held.end else 0
        if passed and one.at >= self.seen:
            log.error("shelf %s: %d damaged bytes at %d", self._name, passed, one.at)
            self.damaged_bytes += passed
            one.settled_bytes += passed
        one.at += passed
