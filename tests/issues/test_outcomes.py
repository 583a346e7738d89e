"""Outcomes, summed by the store as they are asked for, against sums over the rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.issues.scene import BANK, NOW, SHOP, START, Scene, micros, scope_of
from vedette.issues import outcomes as module
from vedette.issues import reading
from vedette.issues.outcomes import whole_hour

COLUMNS = {"project_id": "project_id", "kind": "category", "outcome": "outcome", "reason": "reason"}
HOUR = 3_600_000_000


def wanted(scene: Scene, scope: reading.Scope, by: tuple[str, ...], step: int) -> Counter[Any]:
    """The sums by brute force."""
    sums: Counter[Any] = Counter()
    start, end = micros(whole_hour(scope.period.start)), micros(scope.period.end)
    for row in scene.outcomes:
        if row["project_id"] in scope.visible and start <= row["timestamp"] < end:
            key = tuple(row[COLUMNS[name]] or "" for name in by)
            at = row["timestamp"] // 1_000_000 // step * step if step else 0
            sums[(*key, at)] += row["quantity"]
    return +sums


@pytest.mark.parametrize("by", [(), ("outcome",), ("kind", "outcome"), tuple(COLUMNS)])
@pytest.mark.parametrize("step", [0, 3600, 6 * 3600])
def test_sums_are_those_of_the_rows(scene: Scene, by: tuple[str, ...], step: int) -> None:
    """By any columns and any step of time; a missing reason is an empty one."""
    for scope in (scope_of(), scope_of(BANK), scope_of(start=START + timedelta(hours=4.5))):
        table = reading.outcomes(scope, by=by, step_seconds=step)
        found: Counter[Any] = Counter()
        for row in table.rows:
            at = int(row.at.timestamp()) if step else 0
            found[(*(getattr(row, name) for name in by), at)] += row.quantity
        assert found == wanted(scene, scope, by, step)
        assert not table.is_cut


def test_a_cut_table_says_so_and_holds_the_largest(scene: Scene) -> None:
    """The rest is not lost silently."""
    whole = reading.outcomes(scope_of(), by=("reason",))
    cut = reading.outcomes(scope_of(), by=("reason",), limit=3)
    assert cut.is_cut
    assert [row.quantity for row in cut.rows] == [row.quantity for row in whole.rows[:3]]


def test_only_what_is_chosen_is_counted(scene: Scene) -> None:
    """Several values of one column, and several columns; the empty reason too."""
    only = {"kind": ["error"], "reason": ["", "key limit"], "outcome": []}
    table = reading.outcomes(scope_of(), by=("kind", "reason"), only=only)
    every = wanted(scene, scope_of(), ("kind", "reason"), 0)
    chosen = {key: n for key, n in every.items() if key[0] == "error" and key[1] in only["reason"]}
    assert {(row.kind, row.reason, 0): row.quantity for row in table.rows} == chosen


def test_every_hour_is_listed_however_many_there_are(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In parts that are small enough, in order."""
    by = tuple(COLUMNS)
    for most in (50_000, 20):
        monkeypatch.setattr(module, "_MOST_AT_ONCE", most)
        rows = list(reading.outcomes_by_hour(scope_of()))
        found = Counter({(*(getattr(row, name) for name in by), row.at): 0 for row in rows})
        for row in rows:
            found[(*(getattr(row, name) for name in by), row.at)] += row.quantity
        every = wanted(scene, scope_of(), by, 3600)
        assert found == {
            (*key[:-1], datetime.fromtimestamp(key[-1], UTC)): n for key, n in every.items()
        }
        assert [row.at for row in rows] == sorted(row.at for row in rows)


@pytest.mark.parametrize("most", [0, 2])
def test_an_hour_with_too_many_reasons_has_the_smallest_summed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """However many there are the list is given, and its sums are whole."""
    monkeypatch.setattr(module, "_MOST_AT_ONCE", most)
    found: Counter[Any] = Counter()
    rows = list(reading.outcomes_by_hour(scope_of(SHOP, end=NOW)))
    for row in rows:
        found[row.project_id, row.kind, row.outcome, int(row.at.timestamp())] += row.quantity
    by = ("project_id", "kind", "outcome")
    assert found == wanted(scene, scope_of(SHOP, end=NOW), by, 3600)
    assert "other" in {row.reason for row in rows}


@pytest.mark.parametrize("step", [0, 3600, 6 * 3600])
def test_too_many_reasons_are_folded_and_the_sums_stay(scene: Scene, step: int) -> None:
    """Named groups have all they count; the rest is `other`, by step."""
    by = ("kind", "reason")
    table = module.outcomes_folded(scope_of(), by=by, step_seconds=step, most=60 if step else 5)
    assert table.is_folded
    assert not table.is_cut
    every = wanted(scene, scope_of(), by, step)
    found: Counter[Any] = Counter()
    for row in table.rows:
        at = int(row.at.timestamp()) if step else 0
        found[row.kind, at] += row.quantity
        assert row.reason == "other" or every[row.kind, row.reason, at] == row.quantity
    assert found == wanted(scene, scope_of(), ("kind",), step)
    assert 0 < len({row.reason for row in table.rows} - {"other"}) < len({key[1] for key in every})
