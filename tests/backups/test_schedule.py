"""When backups are taken and verified by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.backups.noting import Note, Taken
from vedette.backups.schedule import Plan, is_backup_due, next_at, to_verify, what_is_wrong
from vedette.options import groups

HOUR, DAY = 3600.0, 86400.0


def plan(**changed: Any) -> Plan:
    values = {one.name: one.default for one in groups()["backups"].options}
    return Plan.of({**values, "place": "/mnt/a", **changed})


def taken(moment: float, **changed: Any) -> Taken:
    fields = {"name": f"b{moment:.0f}", "place": "/mnt/a", "moment": moment, "seconds": 1.0}
    return Taken(**{**fields, "size_bytes": 1, "written_bytes": 1, **changed})


def test_a_backup_is_due_by_the_age_of_the_last_one_at_the_place() -> None:
    """Of another place there may be newer ones; with no place none is ever due."""
    note = Note(taken=[taken(90 * HOUR, place="/mnt/b"), taken(10 * HOUR)])
    assert not is_backup_due(plan(), note, 33.9 * HOUR)
    assert is_backup_due(plan(), note, 34 * HOUR)
    assert not is_backup_due(plan(place=""), note, 1e9)
    assert is_backup_due(plan(), Note(), 0.0)


def test_a_failure_is_tried_again_soon_but_not_at_once() -> None:
    """A place that is away must not be asked every minute."""
    note = Note(taken=[taken(0)], tried=DAY, failure="the disk is away")
    assert next_at(plan(), note, DAY) == DAY + 900
    assert what_is_wrong(plan(), note) == "the disk is away"


def test_a_clock_that_was_ahead_holds_nothing_up() -> None:
    """A backup, a verification and a failure of a year ahead are as good as none."""
    ahead = Note(taken=[taken(400 * DAY, verified=400 * DAY)])
    assert is_backup_due(plan(), ahead, 9 * DAY)
    failed = Note(taken=[taken(0)], tried=400 * DAY, failure="the disk is away")
    assert is_backup_due(plan(), failed, 9 * DAY)
    newer = Note(taken=[taken(8 * DAY), *ahead.taken])
    assert to_verify(plan(verify_days=7), newer, 9 * DAY) == taken(8 * DAY).name


@pytest.mark.parametrize(("days", "wanted"), [(7, "b1209600"), (0, None), (13, None)])
def test_the_newest_is_verified_every_so_many_days(days: int, wanted: str | None) -> None:
    """Counted from the last verification, whichever backup it was of."""
    note = Note(taken=[taken(14 * DAY), taken(0, verified=2 * DAY)])
    assert to_verify(plan(verify_days=days), note, 14 * DAY + HOUR) == wanted


def test_a_damaged_backup_is_wrong_until_there_is_another() -> None:
    """The health page names it, and what is damaged."""
    bad = taken(0, verified=1.0, problems=["store/a.duckdb: objects/ab/abc is damaged"])
    assert "b0 is damaged: store/a.duckdb" in what_is_wrong(plan(), Note(taken=[bad]))
    assert what_is_wrong(plan(), Note(taken=[taken(DAY), bad])) == ""
