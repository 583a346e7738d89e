"""Weeks as people live them: they begin on Monday, and the report comes at eight in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vedette.alerts.models import PersonalSettings
from vedette.alerts.muting import read_mute_time

_AT = time(8)
_WEEK = timedelta(days=7)
UTC = ZoneInfo("UTC")


def zone_of(held: PersonalSettings | None) -> ZoneInfo:
    """The person's zone: as they chose, else that of their quiet hours, else UTC."""
    if held is None:
        return UTC
    if held.zone:
        try:
            return ZoneInfo(held.zone)
        except (ValueError, OSError):
            return UTC
    return _zone_of_quiet(held.quiet)


def week_of(moment: datetime, zone: ZoneInfo) -> date:
    """The last Monday on which the report was due at this moment."""
    local = moment.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    return monday if moment >= due_at(monday, zone) else monday - _WEEK


def due_at(week: date, zone: ZoneInfo) -> datetime:
    """Eight o'clock of that Monday."""
    return datetime.combine(week, _AT, zone)


def span_of(week: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The week before that Monday, from midnight to midnight."""
    end = datetime.combine(week, time(0), zone)
    return datetime.combine(week - _WEEK, time(0), zone), end


def _zone_of_quiet(written: Sequence[str]) -> ZoneInfo:
    for text in written:
        try:
            return read_mute_time(text).zone
        except ValueError:
            continue
    return UTC
