"""When a backup is due, as pure logic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vedette.backups.noting import Note

_HOUR: Final = 3600.0
_DAY: Final = 86400.0
_AGAIN_SECONDS: Final = 900.0  # after a failure
_LEAP_SECONDS: Final = 300.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the installation has chosen; see `vedette/options/backups.py`."""

    place: str
    hours: float
    keep_last: int
    keep_days: int
    keep_weeks: int
    verify_days: float

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Plan:
        """Of the values of the group of options."""
        return msgspec.convert(dict(chosen), cls, strict=False)


def next_at(plan: Plan, note: Note, now: float) -> float:
    """When the next backup is to be taken, in seconds since 1970; 0 for at once.

    What a clock that was ahead has noted holds nothing up: it is as good as not there.
    """
    last = note.last(plan.place)
    due = last.moment + plan.hours * _HOUR if last and not _is_ahead(last.moment, now) else 0.0
    is_tried = note.failure and not _is_ahead(note.tried, now)
    return max(due, note.tried + _AGAIN_SECONDS) if is_tried else due


def is_backup_due(plan: Plan, note: Note, now: float) -> bool:
    """Whether one is to be taken now."""
    return bool(plan.place) and now >= next_at(plan, note, now)


def to_verify(plan: Plan, note: Note, now: float) -> str | None:
    """The backup that is to be verified now, the newest; None for none."""
    last = note.last(plan.place)
    if not plan.verify_days or last is None or last.verified:
        return None
    times = (one.verified for one in note.taken if one.place == plan.place)
    verified = max((one for one in times if not _is_ahead(one, now)), default=0.0)
    is_tried = note.failure and not _is_ahead(note.tried, now)
    was_tried = is_tried and now < note.tried + _AGAIN_SECONDS
    return None if was_tried or now < verified + plan.verify_days * _DAY else last.name


def what_is_wrong(plan: Plan, note: Note) -> str:
    """Why nobody may rely on the backups, in words; empty if all is well."""
    if note.failure:
        return note.failure
    last = note.last(plan.place)
    if last is not None and last.problems:
        return f"backup {last.name} is damaged: {last.problems[0]}"
    return ""


def _is_ahead(moment: float, now: float) -> bool:
    return moment > now + _LEAP_SECONDS
