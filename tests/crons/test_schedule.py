"""Schedules: the fixtures exactly, named ones, intervals over changes of the clocks, mistakes."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.crons.schedule import UNITS, BadSchedule, Schedule, read_schedule, write_schedule

FIXTURES = Path(os.environ.get("TEST_FIXTURES", "/nonexistent"))


def _fixture(name: str) -> list[dict[str, Any]]:
    path = FIXTURES / "cron" / "next_runs.json"
    return json.loads(path.read_text())[name] if path.exists() else []


def _crontab(text: str, zone: str = "UTC") -> Schedule:
    return read_schedule({"type": "crontab", "value": text}, zone)


def _at(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.skipif(not _fixture("next"), reason="the fixtures of cron are not here")
def test_next_runs_are_those_of_the_fixtures() -> None:
    for case in _fixture("next"):
        schedule = _crontab(case["expr"], case["tz"])
        moment = _at(case["after"], case["tz"])
        for expected in case["next"]:
            moment = schedule.next_after(moment)
            assert moment == datetime.fromisoformat(expected).timestamp(), case


@pytest.mark.skipif(not _fixture("validity"), reason="the fixtures of cron are not here")
def test_what_is_no_schedule_is_refused_as_in_the_fixtures() -> None:
    for case in _fixture("validity"):
        if case["valid"]:
            assert _crontab(case["expr"]).next_after(0.0) > 0
        else:
            with pytest.raises(BadSchedule):
                _crontab(case["expr"])


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T03:00", "2026-03-29T03:00"),  # 2:30 is not
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T03:00", "2026-10-25T02:30"),  # is twice
        ("@daily", "America/New_York", "2026-03-07T12:00", "2026-03-08T00:00"),
        ("@hourly", "Asia/Kathmandu", "2026-01-01T00:10", "2026-01-01T01:00"),
    ],
)
def test_crontabs_are_in_the_time_of_their_zone(
    text: str, zone: str, after: str, expected: str
) -> None:
    assert _crontab(text, zone).next_after(_at(after, zone)) == _at(expected, zone)


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10Z", "2026-10-26T01:30Z"),
        ("45 1 * * *", "America/New_York", "2026-11-01T06:05Z", "2026-11-02T06:45Z"),
        ("59 23 * * *", "Africa/Cairo", "2026-10-29T21:30Z", "2026-10-30T21:59Z"),
        ("*/15 * * * *", "Europe/Berlin", "2026-10-25T01:10Z", "2026-10-25T01:15Z"),
    ],
)
def test_what_ran_in_the_first_of_two_hours_is_not_expected_in_the_second(
    text: str, zone: str, after: str, expected: str
) -> None:
    """Whoever asks in the second of two equal hours gets no time that is over, which would be
    missed at once."""
    moment, right = (datetime.fromisoformat(one).timestamp() for one in (after, expected))
    assert _crontab(text, zone).next_after(moment) == right


@pytest.mark.parametrize(
    ("every", "unit", "after", "expected"),
    [
        (1, "day", "2026-03-28T12:00", "2026-03-29T12:00"),  # 23 hours
        (2, "week", "2026-10-20T12:00", "2026-11-03T12:00"),
        (24, "hour", "2026-03-28T12:00", "2026-03-29T13:00"),
        (1, "month", "2026-01-31T08:00", "2026-02-28T08:00"),
        (13, "month", "2026-01-31T08:00", "2027-02-28T08:00"),
        (1, "year", "2024-02-29T08:00", "2025-02-28T08:00"),
    ],
)
def test_intervals_of_days_keep_their_time_of_day(
    every: int, unit: str, after: str, expected: str
) -> None:
    zone = "Europe/Berlin"
    schedule = read_schedule({"type": "interval", "value": every, "unit": unit}, zone)
    assert schedule.next_after(_at(after, zone)) == _at(expected, zone)


@pytest.mark.parametrize(
    "given_one",
    [
        None,
        {},
        {"type": "crontab"},
        {"type": "crontab", "value": "* * * * * *"},
        {"type": "crontab", "value": "* " * 500},
        {"type": "crontab", "value": ["*", "*", "*", "*", "*"]},
        {"type": "interval", "value": 0, "unit": "minute"},
        {"type": "interval", "value": 1, "unit": "fortnight"},
        {"type": "interval", "value": True, "unit": "day"},
        {"type": "interval", "value": 10_000, "unit": "year"},
        {"type": "lunar", "value": 1},
    ],
)
def test_what_says_no_time_is_refused_in_words(given_one: object) -> None:
    with pytest.raises(BadSchedule, match=r"\w+ "):
        read_schedule(given_one, "UTC")


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "\x00", 7, "Europe", "/etc/passwd"])
def test_what_is_no_time_zone_is_refused(zone: object) -> None:
    with pytest.raises(BadSchedule):
        read_schedule({"type": "crontab", "value": "* * * * *"}, zone)


@given(st.integers(1, 500), st.sampled_from(UNITS), st.floats(0, 4e9))
def test_the_next_time_is_later_and_survives_writing(every: int, unit: str, moment: float) -> None:
    schedule = read_schedule({"type": "interval", "value": every, "unit": unit}, "Europe/Berlin")
    again = read_schedule(write_schedule(schedule), schedule.zone)
    assert again == schedule
    try:
        assert schedule.next_after(moment) > moment
    except BadSchedule:
        assert unit == "year"  # beyond the calendar
