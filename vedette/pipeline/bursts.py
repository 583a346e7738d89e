"""Bursts of errors beyond what is usual: which of their events are counted, and not stored.

Every minute the bound is stored whole; of what is beyond, the first of each look of the hour and
one of a hundred. A look is what events of one issue have in common, read without scrubbing or
source maps. Issues are told apart by less than it, or by a fingerprint, which is part of it: so
the first event of a new issue has a new look, and is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import xxhash

_SAMPLE: Final = 100
_MOST_LOOKS: Final = 2000  # of one project in an hour; who has more sends random ones
_MOST_FRAMES: Final = 30
_number = re.compile(r"[0-9a-fA-F]*[0-9][0-9a-fA-F]*")


class _Frame(msgspec.Struct, gc=False):
    module: Any = None
    filename: Any = None
    function: Any = None


class _Stack(msgspec.Struct, gc=False):
    frames: list[_Frame | None] | None = None


class _Value(msgspec.Struct, gc=False):
    type: Any = None
    value: Any = None
    stacktrace: _Stack | None = None


class _Values(msgspec.Struct, gc=False):
    values: list[_Value | None] | None = None


class _Event(msgspec.Struct, gc=False):
    exception: _Values | list[_Value | None] | None = None
    threads: _Values | list[_Value | None] | None = None
    fingerprint: Any = None
    message: Any = None
    logentry: Any = None


_decode = msgspec.json.Decoder(_Event, strict=False).decode


class _Minute(msgspec.Struct, gc=False):
    """What one project sent in the minute at hand, and the looks of its hour."""

    minute: int = 0
    count: int = 0
    hour: int = 0
    looks: set[int] = set()


class Bursts:
    """For one thread; each of several digesters sees its share of what comes, and holds to its
    share of the bound."""

    def __init__(self, digesters: int = 1) -> None:
        self._digesters = digesters
        self._minutes: dict[int, _Minute] = {}

    def is_cut(self, project_id: int, bound: int, received: float, payload: bytes) -> bool:
        """Whether this event is to be counted only. It counts itself."""
        held = self._minutes.get(project_id)
        if held is None:
            held = self._minutes[project_id] = _Minute()
        minute = int(received) // 60
        if minute > held.minute:
            held.minute, held.count = minute, 0
        held.count += 1
        beyond = held.count - max(1, bound // self._digesters)
        if beyond <= 0 or beyond % _SAMPLE == 0:
            return False
        if minute // 60 != held.hour:
            held.hour, held.looks = minute // 60, set()
        look = look_of(payload)
        if look in held.looks or len(held.looks) >= _MOST_LOOKS:
            return True
        held.looks.add(look)
        return False


def look_of(payload: bytes) -> int:
    """What this event has in common with the others of its issue, as a number."""
    try:
        event = _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return 0
    return xxhash.xxh3_64_intdigest("\n".join(_parts(event)).encode("utf-8", "replace"))


def _parts(event: _Event) -> Iterator[str]:
    if event.fingerprint is not None:
        yield f"fingerprint {event.fingerprint}"
    has_stack = False
    for held in (event.exception, event.threads):
        for value in _values(held):
            frames = value.stacktrace.frames if value.stacktrace is not None else None
            has_stack = has_stack or bool(frames)
            yield f"{value.type} {'' if frames else _plain(value.value)}"
            for frame in (frames or [])[-_MOST_FRAMES:]:
                if frame is not None:
                    yield f"{frame.module or frame.filename} {frame.function}"
    if not has_stack:
        entry = event.logentry if isinstance(event.logentry, dict) else {}
        yield _plain(entry.get("message") or event.message or entry.get("formatted"))


def _values(held: _Values | list[_Value | None] | None) -> list[_Value]:
    found = held.values if isinstance(held, _Values) else held
    return [one for one in found or [] if one is not None]


def _plain(text: Any) -> str:
    """Without what differs each time: numbers and ids."""
    return _number.sub("#", text[:1000]) if isinstance(text, str) else ""
