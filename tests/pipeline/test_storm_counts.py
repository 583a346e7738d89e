"""Events of an issue in an hour: exact for one digester, near for several."""

from __future__ import annotations

from pathlib import Path

from vedette import clock
from vedette.pipeline.offenders import Offenders
from vedette.pipeline.storm_counts import StormCounts

HOUR = 3600.0 * 490_000


def test_one_digester_counts_exactly() -> None:
    """Whatever is asked for, also over the hour, and apart by issue."""
    for most in (1, 20, 10_000):
        counts = StormCounts(Offenders())
        found = [counts.count(1, 7, HOUR + second, most) for second in range(500)]
        assert found == list(range(1, 501))
        assert counts.count(1, 8, HOUR, most) == 1
        assert counts.count(1, 7, HOUR + 3600, most) == 1
        assert counts.count(1, 7, HOUR + 5, most) >= 1


def test_digesters_count_together(tmp_path: Path) -> None:
    """To within what each looks ahead."""
    both = [StormCounts(Offenders(tmp_path, index)) for index in range(2)]
    for one in both:
        one.count(1, 5, HOUR, 20)
    clock.turn(2)  # they look for each other's files once a second
    found = [both[turn % 2].count(1, 7, HOUR, 10_000) for turn in range(4000)]
    assert 4000 - 2 * 64 <= max(found) <= 4000
    exact = [both[turn % 2].count(1, 9, HOUR, 20) for turn in range(40)]
    assert exact == list(range(1, 41))
    clock.turn(0)


def test_many_issues_are_bounded() -> None:
    """Random fingerprints take no memory without end."""
    counts = StormCounts(Offenders())
    for group in range(60_000):
        counts.count(1, group, HOUR, 10_000)
    assert len(counts._held) <= 50_000  # noqa: SLF001 - what is held
