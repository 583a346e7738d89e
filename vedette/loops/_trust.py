"""Whether the clock may be believed before something is deleted for its age.

A note in the data folder says when the installation last ran. A clock that has leapt ahead of
it by days is believed only after the installation has run for a day under it: one start with
a wrong clock deletes nothing.
"""

from __future__ import annotations

import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from vedette import clock
from vedette.config import Config
from vedette.loops import HeldBack

log = logging.getLogger("vedette.loops")

_NOTE = "clock.json"
_DAY = 86400.0
_LEAP = 2 * _DAY
_CONFIRMED = _DAY
_MOST_BETWEEN = 900.0  # seconds that a pair of looks can prove to have been running


class _Note(msgspec.Struct):
    """`last`: when it last ran under a clock that was believed; the rest is of a leapt one."""

    last: float
    seen: float = 0.0
    ran_seconds: float = 0.0


_lock = threading.Lock()
_known: dict[Path, _Note] = {}  # outlasts a disk that is too full for the file


def believe_clock(config: Config) -> None:
    """Return if the clock may be believed, and note the time. Raises HeldBack."""
    now = clock.timestamp()
    path = config.data / _NOTE
    with _lock:
        note = _known.get(path) or _read(path) or _Note(_newest_day(config.store_folder, now))
        leap = now - note.last
        if leap <= _LEAP:
            note = _Note(now)
        else:
            if 0 <= now - note.seen <= _LEAP:
                note.ran_seconds += min(now - note.seen, _MOST_BETWEEN)
            else:
                note.ran_seconds = 0.0
            note.seen = now
            if note.ran_seconds >= _CONFIRMED:
                log.warning("the clock has leapt by %.0f days and is believed now", leap / _DAY)
                note = _Note(now)
        _known[path] = note
        _write(path, note)
    if note.last != now:
        hours = (_CONFIRMED - note.ran_seconds) / 3600
        raise HeldBack(
            f"the clock is {leap / _DAY:.0f} days ahead of when this installation last ran: "
            f"nothing is deleted before it has run like this for {hours:.0f} more hours"
        )


def _newest_day(store_folder: Path, now: float) -> float:
    """The end of the store's newest day, for an installation without a note; else now."""
    ends = []
    for path in store_folder.glob("*_????????.duckdb"):
        try:
            day = datetime.strptime(path.stem.rpartition("_")[2], "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            continue
        ends.append(day.timestamp() + _DAY)
    return min(max(ends, default=now), now)


def _read(path: Path) -> _Note | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Note)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("%s cannot be read and is made anew: %s", path.name, error)
        return None


def _write(path: Path, note: _Note) -> None:
    temporary = path.with_suffix(".new")
    try:
        temporary.write_bytes(msgspec.json.encode(note))
        os.replace(temporary, path)
    except OSError as error:  # a full disk, on which retention is needed most
        log.warning("%s cannot be written: %s", path.name, error)
