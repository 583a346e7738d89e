"""Courses: what is filled, missed, too long, and what cannot be known."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from vedette.crons.course import (
    MOST_RUNS,
    Away,
    CheckInHeard,
    Course,
    RunStatus,
    Terms,
    Verdict,
    agree,
    begin_anew,
    due_at,
    hear,
    read_course,
    settle,
    write_course,
)
from vedette.crons.schedule import read_schedule

_HOUR = 3600.0
_START = 1_767_225_600.0  # 2026-01-01, midnight
_HOURLY = Terms(schedule=read_schedule({"type": "crontab", "value": "0 * * * *"}), margin=600.0)
_EVERY_TEN = Terms(schedule=read_schedule({"type": "interval", "value": 10, "unit": "minute"}))


def say(terms: Terms, course: Course, at: float, status: str = "ok", run: str = "") -> list[str]:
    """A check-in at a time after the start, and what was said by then."""
    heard = CheckInHeard(id=run or f"run{at}", status=RunStatus(status), at=_START + at)
    found = [*settle(terms, course, heard.at), *hear(terms, course, heard)]
    return [verdict.status.value for verdict in found]


def wait(terms: Terms, course: Course, until: float, away: Away | None = None) -> list[Verdict]:
    """Time passes."""
    return settle(terms, course, _START + until, away or Away())


def statuses(found: list[Verdict]) -> list[str]:
    return [verdict.status.value for verdict in found]


def test_nothing_is_expected_of_a_job_that_never_checked_in() -> None:
    course = Course()
    assert due_at(_HOURLY, course) is None
    assert not wait(_HOURLY, course, 100 * _HOUR)


def test_a_run_that_does_not_come_is_missed_once_after_its_margin() -> None:
    course = Course()
    assert say(_HOURLY, course, 5) == ["ok"]
    assert due_at(_HOURLY, course) == _START + _HOUR + 600
    assert not wait(_HOURLY, course, _HOUR + 600)
    (missed,) = wait(_HOURLY, course, _HOUR + 601)
    assert (missed.status, missed.slot, missed.at) == (
        RunStatus.MISSED,
        _START + _HOUR,
        _START + _HOUR + 600,
    )
    assert not wait(_HOURLY, course, _HOUR + 900)
    assert say(_HOURLY, course, 2 * _HOUR + 1) == ["ok"]
    assert not wait(_HOURLY, course, 3 * _HOUR)


def test_a_run_a_little_before_its_slot_fills_it() -> None:
    course = Course()
    say(_HOURLY, course, 5)
    assert say(_HOURLY, course, _HOUR - 300) == ["ok"]  # a clock that is ahead
    assert not wait(_HOURLY, course, 2 * _HOUR)
    assert statuses(wait(_HOURLY, course, 2 * _HOUR + 700)) == ["missed"]


def test_a_first_run_just_before_its_slot_fills_it() -> None:
    course = Course()
    say(_HOURLY, course, -2)
    assert not wait(_HOURLY, course, 700)
    assert statuses(wait(_HOURLY, course, _HOUR + 700)) == ["missed"]


def test_a_run_in_between_by_hand_fills_nothing() -> None:
    course = Course()
    say(_HOURLY, course, 5)
    assert say(_HOURLY, course, 1800) == ["ok"]
    assert statuses(wait(_HOURLY, course, _HOUR + 700)) == ["missed"]


def test_a_run_after_its_margin_is_missed_and_still_a_run() -> None:
    course = Course()
    say(_HOURLY, course, 5)
    assert say(_HOURLY, course, _HOUR + 900) == ["missed", "ok"]
    assert say(_HOURLY, course, 2 * _HOUR + 5) == ["ok"]


def test_runs_that_overlap_are_told_apart_by_id() -> None:
    course = Course()
    assert not say(_HOURLY, course, 1, "in_progress", "a")
    assert not say(_HOURLY, course, 300, "in_progress", "b")
    assert say(_HOURLY, course, 400, "ok", "b") == ["ok"]
    assert say(_HOURLY, course, 500, "error", "a") == ["error"]
    assert course.runs == []


def test_a_run_that_takes_too_long_has_failed_and_its_end_comes_too_late() -> None:
    course = Course()
    say(_HOURLY, course, 1, "in_progress", "a")
    (late,) = wait(_HOURLY, course, 1802)
    assert (late.status, late.run, late.at) == (RunStatus.TIMEOUT, "a", _START + 1801)
    assert say(_HOURLY, course, 2000, "ok", "a") == []


def test_what_comes_twice_or_out_of_order_changes_nothing() -> None:
    course = Course()
    assert say(_HOURLY, course, 10, "ok", "a") == ["ok"]
    assert say(_HOURLY, course, 11, "in_progress", "a") == []
    assert say(_HOURLY, course, 12, "ok", "a") == []
    assert course.runs == []
    assert say(_HOURLY, course, 13, "unknown", "c") == []


def test_the_latest_run_is_ended_without_its_id() -> None:
    course = Course()
    say(_HOURLY, course, 1, "in_progress", "a")
    say(_HOURLY, course, 2, "in_progress", "b")
    found = hear(_HOURLY, course, CheckInHeard(id="", status=RunStatus.OK, at=_START + 9))
    assert [(one.run, one.status) for one in found] == [("b", RunStatus.OK)]


def test_what_could_not_be_heard_is_unknown() -> None:
    course = Course()
    say(_HOURLY, course, 5)
    say(_HOURLY, course, _HOUR + 5, "in_progress", "long")
    away = Away(_START + _HOUR + 1200, _START + 2 * _HOUR - 30)
    found = wait(_HOURLY, course, 3 * _HOUR + 700, away)
    assert statuses(found) == ["unknown", "unknown", "missed"]


def test_an_interval_counts_from_the_last_run() -> None:
    course = Course()
    say(_EVERY_TEN, course, 0)
    say(_EVERY_TEN, course, 500)
    assert due_at(_EVERY_TEN, course) == _START + 500 + 660
    assert statuses(wait(_EVERY_TEN, course, 500 + 1261)) == ["missed", "missed"]


def test_another_schedule_forgets_what_was_expected() -> None:
    course = Course()
    agree(_HOURLY, course, _START)
    say(_HOURLY, course, 5)
    agree(_HOURLY, course, _START + 60)
    assert course.expected == _START + _HOUR
    daily = Terms(schedule=read_schedule({"type": "crontab", "value": "0 0 * * *"}))
    agree(daily, course, _START + 60)
    assert not wait(daily, course, 23 * _HOUR)
    assert statuses(wait(daily, course, 24 * _HOUR + 61)) == ["missed"]


def test_runs_that_never_end_are_bounded() -> None:
    course = Course()
    for number in range(3 * MOST_RUNS):
        say(_HOURLY, course, number, "in_progress", f"run{number}")
    assert len(course.runs) == MOST_RUNS


def test_many_missed_slots_are_told_bit_by_bit() -> None:
    course = Course()
    say(_HOURLY, course, 5)
    assert len(wait(_HOURLY, course, 1000 * _HOUR)) == 100
    assert len(wait(_HOURLY, course, 1000 * _HOUR)) == 100


@given(st.lists(st.tuples(st.booleans(), st.floats(-29, 500)), min_size=1, max_size=40))
def test_every_slot_is_filled_or_missed_and_never_both(days: list[tuple[bool, float]]) -> None:
    course = Course()
    say(_HOURLY, course, 0)
    missed: list[float] = []
    for number, (comes, late) in enumerate(days, 1):
        if comes:
            at = _START + number * _HOUR + late
            missed += [one.slot or 0 for one in settle(_HOURLY, course, at)]
            hear(_HOURLY, course, CheckInHeard(id=str(number), status=RunStatus.OK, at=at))
    end = len(days) * _HOUR + 601
    missed += [one.slot or 0 for one in wait(_HOURLY, course, end)]
    expected = [_START + n * _HOUR for n, (comes, _) in enumerate(days, 1) if not comes]
    assert missed == expected
    assert read_course(write_course(course)) == course


@given(st.lists(st.floats(0, 20_000), max_size=30), st.floats(0, 30_000))
def test_looking_more_often_finds_the_same(moments: list[float], end: float) -> None:
    often, once = Course(), Course()
    say(_EVERY_TEN, often, 0)
    say(_EVERY_TEN, once, 0)
    found = [v for moment in sorted(m for m in moments if m < end)
             for v in wait(_EVERY_TEN, often, moment)]  # fmt: skip
    found += wait(_EVERY_TEN, often, end)
    assert found == wait(_EVERY_TEN, once, end)


def test_a_restart_while_the_clocks_are_put_back_misses_nothing() -> None:
    """A daily job ran at half past two; nobody was there until the second half past two."""
    nightly = Terms(
        schedule=read_schedule({"type": "crontab", "value": "30 2 * * *"}, "Europe/Berlin")
    )
    first = datetime.fromisoformat("2026-10-25T00:30Z").timestamp()
    course = Course()
    hear(nightly, course, CheckInHeard(id="a", status=RunStatus.OK, at=first))
    begin_anew(nightly, course, first + 2400)
    assert settle(nightly, course, first + 3600) == []
    assert course.expected == first + 25 * _HOUR
