"""When maintenance is on, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.uptime.maintenance import Once, Weekly, is_on, next_start

_BERLIN = ZoneInfo("Europe/Berlin")


def _at(text: str, zone: ZoneInfo = _BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def test_once_and_around_a_deploy() -> None:
    """The end belongs to it no more; without an end it goes on."""
    assert [is_on(Once(10, 20), now) for now in (9, 10, 19.9, 20)] == [False, True, True, False]
    assert is_on(Once(10), 1e9)


def test_each_sunday_night_by_the_clock_of_a_place() -> None:
    """At 23:30 in Berlin, winter and summer, into Monday."""
    window = Weekly(
        weekdays=frozenset({6}), start_minute=23 * 60 + 30, minutes=60, zone="Europe/Berlin"
    )
    for sunday in ("2026-01-11", "2026-07-12"):
        start = _at(f"{sunday} 23:30")
        assert is_on(window, start)
        assert is_on(window, start + 3599)
        assert not is_on(window, start - 1)
        assert not is_on(window, start + 3600)
        assert next_start(window, start - 86400) == start


@pytest.mark.parametrize(
    ("day", "minute", "wanted"),
    [
        ("2026-03-29", 2 * 60 + 30, "2026-03-29 01:30+00:00"),  # 2:30 does not exist
        ("2026-10-25", 2 * 60 + 30, "2026-10-25 00:30+00:00"),  # 2:30 comes twice
        ("2026-03-29", 1 * 60, "2026-03-29 00:00+00:00"),
    ],
)
def test_the_days_on_which_clocks_change(day: str, minute: int, wanted: str) -> None:
    """It is on once, for its real length."""
    window = Weekly(weekdays=frozenset({6}), start_minute=minute, minutes=120, zone="Europe/Berlin")
    start = datetime.fromisoformat(wanted).timestamp()
    noon = _at(f"{day} 12:00")
    on = [one for one in range(int(noon) - 86400, int(noon) + 43200, 60) if is_on(window, one)]
    assert (on[0], len(on)) == (start, 120)


def test_it_begins_and_ends_with_its_dates() -> None:
    """Only within them."""
    day = 86400.0
    now = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()
    window = Weekly(
        weekdays=frozenset(range(7)), start_minute=0, minutes=10, since=now, until=now + 2 * day
    )
    midnight = now + day / 2
    assert not is_on(window, midnight - day)
    assert is_on(window, midnight)
    assert not is_on(window, midnight + 2 * day)
    assert next_start(window, midnight + day) is None


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(0, 365 * 24 * 60),
)
def test_it_is_on_if_a_start_lies_no_further_back_than_its_length(
    weekdays: set[int], minute: int, minutes: int, zone: str, moment: int
) -> None:
    """As found by looking at every day around, the slow way."""
    window = Weekly(weekdays=frozenset(weekdays), start_minute=minute, minutes=minutes, zone=zone)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=moment)
    local = now.astimezone(ZoneInfo(zone))
    starts = [
        datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
        for day in (local + timedelta(days=number) for number in range(-3, 4))
        if day.weekday() in weekdays
    ]
    found = any(0 <= now.timestamp() - one.timestamp() < minutes * 60 for one in starts)
    assert is_on(window, now.timestamp()) is found
