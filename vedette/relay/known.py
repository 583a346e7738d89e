"""Of whom the upstream has taken something: what they send goes before what strangers send.

Anybody can make up a key, and a relay cannot tell; what was made up is never taken. It is kept
across starts. For the event loop's thread, but for `save`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette import clock

log = logging.getLogger("vedette.relay")

_NAME = "known-keys"
_MOST = 10_000
_MOST_DAYS = 90  # without anything taken
_DAY_SECONDS = 86400


class News(NamedTuple):
    """Who has become known, and who is so no more."""

    new: set[str]
    gone: set[str]


class Known:
    """Senders, by the day on which something of them was last taken. At most ten thousand: of
    more, those of whom it is longest ago are strangers again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._days = _read(self._path)
        self._new: set[str] = set()
        self._is_changed = False

    def __len__(self) -> int:
        return len(self._days)

    def senders(self) -> list[str]:
        """All of them."""
        return list(self._days)

    def accept(self, sender: str) -> None:
        """The upstream has taken something of this sender."""
        today = _today()
        held = self._days.pop(sender, None)  # so that those of longest ago come first
        self._days[sender] = today
        self._is_changed = self._is_changed or held != today
        if held is None:
            self._new.add(sender)

    def take_news(self) -> News:
        """What has changed since this was last asked."""
        oldest = _today() - _MOST_DAYS
        surplus = max(len(self._days) - _MOST, 0)
        gone = {
            sender
            for at, (sender, day) in enumerate(self._days.items())
            if at < surplus or day < oldest
        }
        for sender in gone:
            del self._days[sender]
        self._is_changed = self._is_changed or bool(gone)
        new, self._new = self._new - gone, set()
        return News(new, gone)

    def content(self) -> bytes | None:
        """What is to be saved; None if that is what was saved last."""
        if not self._is_changed:
            return None
        self._is_changed = False
        return msgspec.msgpack.encode(self._days)

    def save(self, content: bytes) -> None:
        """Put it on disk. An error is told and no more: it is learnt again."""
        temporary = self._path.with_suffix(".new")
        try:
            with open(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
        except OSError as error:
            log.error("whose requests the upstream takes cannot be noted: %s", error)


def _today() -> int:
    return int(clock.timestamp() // _DAY_SECONDS)


def _read(path: Path) -> dict[str, int]:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.error("%s cannot be read; it is learnt again: %s", path, error)
        return {}
