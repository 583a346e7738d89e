"""When a job is expected: crontabs, as Debian's cron has them, and intervals, in a time zone."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError

UNITS: Final = ("minute", "hour", "day", "week", "month", "year")
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS: Final = 5
_MOST_CHARACTERS: Final = 100
_MOST_VALUE: Final = 10_000
_FAR: Final = 4_102_444_800.0  # the year 2100: whoever counts from then is still in the calendar
_SECONDS: Final = {"minute": 60, "hour": 3600}
_DAYS: Final = {"day": 1, "week": 7}


class BadSchedule(ValueError):  # noqa: N818 - what it is
    """A schedule that says no time; the text says why."""


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A crontab of five fields, or every so many units; in the time of `zone`."""

    crontab: str = ""
    every: int = 0
    unit: str = ""
    zone: str = "UTC"

    @property
    def words(self) -> str:
        """As people read it."""
        if self.crontab:
            return self.crontab
        return f"every {self.unit}" if self.every == 1 else f"every {self.every} {self.unit}s"

    def next_after(self, moment: float) -> float:
        """The next expected time after a moment, both in seconds since 1970. Raises BadSchedule.

        An interval is counted in the zone's days where it is made of days: a daily job stays at
        its time of day when the clocks change.
        """
        zone = _zone(self.zone)
        if self.crontab:
            try:
                return _first_after(
                    CronSim(self.crontab, datetime.fromtimestamp(moment, zone)), moment
                )
            except (StopIteration, CronSimError, OverflowError, ValueError) as error:
                raise BadSchedule(f"{self.crontab!r} never comes") from error
        if self.unit in _SECONDS:
            return moment + self.every * _SECONDS[self.unit]
        try:
            return _later(datetime.fromtimestamp(moment, zone), self.every, self.unit)
        except (OverflowError, ValueError) as error:
            raise BadSchedule(f"{self.words} is beyond the calendar") from error


def _first_after(times: Iterable[datetime], moment: float) -> float:
    """In an hour that comes twice, the first of its two times may be over. Raises StopIteration."""
    return next(one for found in times if (one := found.timestamp()) > moment)


def read_schedule(given: Any, zone: Any = None) -> Schedule:
    """A schedule as the SDKs write it (protocol, 3.14). Raises BadSchedule."""
    if not isinstance(given, dict):
        raise BadSchedule("a schedule has a type and a value")
    name = _read_zone(zone)
    value, unit = given.get("value"), given.get("unit")
    if given.get("type") == "crontab":
        return _crontab(value, name)
    if given.get("type") != "interval":
        raise BadSchedule("the type of a schedule is crontab or interval")
    if isinstance(value, list | tuple) and len(value) == 2:
        value, unit = value
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST_VALUE:
        raise BadSchedule(f"the value of an interval is a number from 1 to {_MOST_VALUE}")
    if unit not in UNITS:
        raise BadSchedule(f"the unit of an interval is one of {', '.join(UNITS)}")
    made = Schedule(every=value, unit=unit, zone=name)
    made.next_after(_FAR)
    return made


def write_schedule(schedule: Schedule) -> dict[str, Any]:
    """As the SDKs write it; the zone stands beside it."""
    if schedule.crontab:
        return {"type": "crontab", "value": schedule.crontab}
    return {"type": "interval", "value": schedule.every, "unit": schedule.unit}


def _crontab(value: Any, zone: str) -> Schedule:
    if not isinstance(value, str) or not value.strip():
        raise BadSchedule("the value of a crontab is a text")
    if len(value) > _MOST_CHARACTERS:
        raise BadSchedule(f"a crontab has at most {_MOST_CHARACTERS} characters")
    text = " ".join(value.split())
    text = _NAMED.get(text.lower(), text)
    if len(text.split()) != _FIELDS:
        raise BadSchedule("a crontab has five fields: minute, hour, day, month, day of the week")
    try:
        next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise BadSchedule(f"{text!r}: {str(error).lower()}") from error
    except StopIteration as error:
        raise BadSchedule(f"{text!r} never comes") from error
    return Schedule(crontab=text, zone=zone)


def _read_zone(given: Any) -> str:
    if given is None or given == "":
        return "UTC"
    if not isinstance(given, str):
        raise BadSchedule("a time zone is a text")
    _zone(given)
    return given


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # also a folder, a path, a null byte
        raise BadSchedule(f"there is no time zone {name[:60]!r}") from error


def _later(moment: datetime, every: int, unit: str) -> float:
    local = moment.replace(tzinfo=None)
    if unit in _DAYS:
        local += timedelta(days=every * _DAYS[unit])
    else:
        months = local.year * 12 + local.month - 1 + every * (12 if unit == "year" else 1)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        local = local.replace(year=year, month=month + 1, day=min(local.day, last))
    return local.replace(tzinfo=moment.tzinfo, fold=moment.fold).timestamp()
