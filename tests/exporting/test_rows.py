"""Portions of rows lose and double nothing, however many rows share a moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.keeping import Keeping
from vedette.exporting import rows
from vedette.exporting.shapes import ExportError
from vedette.items.event import ERRORS
from vedette.store import access
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

_DAY = 86_400_000_000
_MIDNIGHT = 20_000 * _DAY
# Rows by moment: fewer and more than a portion, side by side, and around midnight.
_MOMENTS = {
    _MIDNIGHT - 2: 1,
    _MIDNIGHT - 1: 5,
    _MIDNIGHT: 3,
    _MIDNIGHT + 1: 7,
    _MIDNIGHT + 2: 1,
    _MIDNIGHT + 3: 2,
    _MIDNIGHT + _DAY: 4,
}


@pytest.fixture
def keeping(rollback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    """Rows of all the moments, of a project and of another one."""
    held = Keeping(tmp_path)
    monkeypatch.setattr(access, "_reader", held.store)
    for moment, count in _MOMENTS.items():
        held.put(ERRORS, held.shop, days_ago=0, count=count, timestamp=moment)
        held.put(ERRORS, held.bank, days_ago=0, timestamp=moment)
    yield held
    held.crash()


def _wanted(keeping: Keeping) -> rows.Wanted:
    return rows.Wanted(
        table=ERRORS,
        visible=VisibleProjects.of_system().only([keeping.shop.pk]),
        start=_MIDNIGHT - _DAY,
        end=_MIDNIGHT + 9 * _DAY,
    )


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 100])
def test_rows_of_one_microsecond_are_there_once(keeping: Keeping, size: int) -> None:
    """Wherever a portion ends, within a moment as well; in the order of time."""
    found = [row for part in rows.portions(_wanted(keeping), size=size) for row in part]
    assert [row["timestamp"] for row in found] == [
        moment for moment, count in _MOMENTS.items() for _ in range(count)
    ]
    assert len({row["event_id"] for row in found}) == sum(_MOMENTS.values())


def test_a_moment_with_more_rows_than_an_answer_is_said(keeping: Keeping) -> None:
    """Rather than to leave any of them out."""
    keeping.put(ERRORS, keeping.shop, days_ago=0, count=q.MOST_ROWS, timestamp=_MIDNIGHT)
    with pytest.raises(ExportError, match="rows of one microsecond"):
        list(rows.portions(_wanted(keeping), size=3))
