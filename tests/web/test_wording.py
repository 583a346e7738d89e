"""Numbers, sizes and times in short words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vedette.web import wording
from vedette.web.pages.explore.words import number
from vedette.web.pages.performance.wording import per_minute

NOW = datetime(2026, 3, 3, 14, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "this hour"), (1, "last hour"), (2, "2 h ago"), (50, "2 d ago"), (24 * 40, "22 Jan 2026")],
)
def test_an_hour_is_named_as_one(monkeypatch: pytest.MonkeyPatch, hours: int, words: str) -> None:
    """An event of this minute lies in this hour, not so many minutes ago as the hour is old."""
    monkeypatch.setattr("vedette.clock.timestamp", NOW.timestamp)
    at = NOW.replace(minute=0) - timedelta(hours=hours)
    assert wording.hour(at) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *[
            (0, "0"),
            (999, "999"),
            (1000, "1k"),
            (1367, "1.4k"),
            (12_400, "12.4k"),
            (-1367, "-1.4k"),
        ],
        *[(99.96, "100"), (999.6, "1k"), (999_951, "1M"), (1.25e9, "1.2G"), (2.5e12, "2500G")],
    ],
)
def test_a_short_number_is_the_nearest(number: float, words: str) -> None:
    assert wording.short_number(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "0.4 ms"), (0.9999, "1 s"), (59.96, "1 min"), (61, "1 min"), (7200, "2 h")],
)
def test_a_span_never_rounds_to_another_unit_s_limit(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 ms"),
        (0.04, "40 µs"),
        (0.000001, "0.001 µs"),
        (999.7, "1 s"),
        (59_960, "1 min"),
        (119_400, "1 min 59 s"),
        (3_599_700, "1 h"),
        (7_530_000, "2 h 6 min"),
        (86_399_900, "1 d"),
        (100 * 3_600_000, "4 d 4 h"),
    ],
)
def test_how_long_something_took_is_told_in_two_units(number: float, words: str) -> None:
    """A minute is not two, and a hundredth of a millisecond not nothing."""
    assert wording.milliseconds(number) == words


@pytest.mark.parametrize(
    ("percent", "words"),
    [(100, "100 %"), (99.999, "99.99 %"), (99.95, "99.95 %"), (0, "0 %"), (0.001, "< 0.01 %")],
)
def test_a_rate_never_looks_better_than_it_is(percent: float, words: str) -> None:
    assert wording.rate(percent) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(5e-05, "0.00005"), (0.00123456, "0.00123"), (0.05, "0.05"), (1234.5, "1.2k"), (0, "0")],
)
def test_a_small_figure_has_no_powers_of_ten(value: float, words: str) -> None:
    assert number("number", value) == words


def test_hardly_any_a_minute_is_said_to_be_that() -> None:
    assert per_minute(5e-05) == "< 0.001"
    assert per_minute(0.0351) == "0.035"
