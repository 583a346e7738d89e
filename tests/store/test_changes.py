"""Rows are deleted and replaced exactly, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.store.shop import EVER, NOON, VISITS, count, open_store, receipts, sales, sell, sold
from vedette.store import query as q
from vedette.store.changes import Deletion, Replacement
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery, BadRows
from vedette.store.table import Rows

LARGE = b"r" * 50_000
FILE = "telemetry_20260101"
CHAIR = sales([3], article="chair").columns


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    held = open_store(tmp_path)
    for day in range(3):
        sell(held, range(day * 10, day * 10 + 10), day=day, project=1 + day % 2, receipt=LARGE)
        if day < 2:
            held.flush()
    yield held
    held.abandon()


def parts(store: DuckStore) -> int:
    total = 0
    for file in store._files.all():
        with store._files.pinned([file]):
            rows = store._instance.cursor().execute(
                f"SELECT count(DISTINCT key) FROM {file.name}.large_value_parts"
            )
            total += rows.fetchone()[0]
    return total


def test_what_meets_the_condition_is_gone(store: DuckStore) -> None:
    """In files and in memory, with its large values, and in the books."""
    assert store.delete(["sales"], q.OneOf(q.Field("position"), [1, 11, 21]), 0, EVER) == 3
    assert sold(store) == [p for p in range(30) if p not in (1, 11, 21)]
    assert parts(store) == 27
    assert [row.rows for row in store.usage() if row.table == "sales"] == [9, 9, 9]
    assert all(receipt == LARGE for receipt in receipts(store).values())


def test_only_between_the_times(store: DuckStore) -> None:
    """The end is not included."""
    assert store.delete(["sales"], q.All([]), NOON + 2, NOON + 5) == 3
    assert sold(store) == [p for p in range(30) if p not in (2, 3, 4)]


def test_a_condition_that_is_unknown_deletes_nothing(store: DuckStore) -> None:
    """A null is not a yes."""
    assert store.delete(["sales"], q.Compare(q.Tag("city"), "=", "Bern"), 0, EVER) == 0
    assert count(store) == 30


def test_a_purge_takes_a_project_from_every_table(store: DuckStore) -> None:
    """And leaves the others alone."""
    rows = Rows(VISITS)
    for project in (1, 2):
        rows.add({"project_id": project, "timestamp": NOON, "writer": "till", "position": 40})
    store.append([rows], writer="till", end=41)
    store.purge_projects([1])
    assert sold(store) == list(range(10, 20))
    assert count(store, "visits") == 1
    assert {row.project_id for row in store.usage()} == {2}


def test_tables_and_columns_must_be_there(store: DuckStore) -> None:
    """Named tables must have the columns; without names those that lack them are left alone."""
    for names in (["nothing"], ["visits"]):
        with pytest.raises(BadQuery):
            store.delete(names, q.Compare(q.Field("article"), "=", "x"), 0, EVER)
    assert store.delete(None, q.Compare(q.Field("article"), "=", "lamp 3"), 0, EVER) == 1


def test_rows_are_replaced_by_their_key(store: DuckStore) -> None:
    """Those of other keys and days stay."""
    changed = sales([3, 4], article="chair", receipt=b"c" * 40_000)
    other = sales([25], day=2, article="shelf", receipt=None)
    for name, values in other.columns.items():
        changed.columns[name] += values
    store.replace("sales", ["sale"], changed)
    assert sold(store) == list(range(30))
    chairs = q.Compare(q.Field("article"), "=", "chair")
    assert sold(store, chairs) == [3, 4]
    assert sold(store, q.Compare(q.Field("article"), "=", "shelf")) == [25]
    found = receipts(store)
    assert (found[3], found[5], found[25]) == (b"c" * 40_000, LARGE, None)
    assert parts(store) == 29
    store.replace("sales", ["sale"], changed)
    assert sold(store, chairs) == [3, 4]
    assert sum(row.rows for row in store.usage()) == 30


@pytest.mark.parametrize("keys", [["sale"], ["project_id", "sale"], ["timestamp", "article"]])
def test_what_was_deleted_does_not_come_back_in_a_replacement(
    store: DuckStore, keys: list[str]
) -> None:
    """Who replaces has read the rows a while ago; their project was removed since."""
    changed = sales(range(8, 10), receipt=b"c" * 40_000)
    for name, values in sales(range(10, 14), day=1, project=2).columns.items():
        changed.columns[name] += values
    store.purge_projects([2])
    store.delete(["sales"], q.Compare(q.Field("position"), "=", 9), 0, EVER)
    store.replace("sales", keys, changed)
    left = [*range(9), *range(20, 30)]
    assert sold(store) == left
    assert receipts(store)[8] == b"c" * 40_000
    assert {(use.project_id, use.rows) for use in store.usage()} == {(1, 9), (1, 10)}


def test_a_large_value_is_there_for_a_question_that_found_its_row(store: DuckStore) -> None:
    """It is replaced, and another deleted, before the question has read their parts."""
    questions = store._questions
    rows = questions._rows

    def interrupted(*arguments: Any) -> Any:
        found = rows(*arguments)
        questions._rows = rows  # type: ignore[method-assign]
        store.replace("sales", ["sale"], sales([3], receipt=b"s" * 60_000))
        store.delete(["sales"], q.Compare(q.Field("position"), "=", 14), 0, EVER)
        return found

    questions._rows = interrupted  # type: ignore[method-assign]
    assert receipts(store) == dict.fromkeys(range(30), LARGE)
    after = dict.fromkeys(range(30), LARGE) | {3: b"s" * 60_000}
    del after[14]
    assert receipts(store) == after


def test_what_was_replaced_outlives_a_restart(store: DuckStore, tmp_path: Path) -> None:
    """Without a checkpoint in between."""
    store.replace("sales", ["sale"], sales([3], article="chair"))
    store.abandon()
    again = open_store(tmp_path)
    assert sold(again, q.Compare(q.Field("article"), "=", "chair")) == [3]
    assert sold(again) == list(range(30))
    again.abandon()


def test_nothing_is_noted_of_rows_that_are_refused(store: DuckStore, tmp_path: Path) -> None:
    """Else each start would fail at them."""
    with pytest.raises(BadRows):
        store.replace("sales", ["sale"], sales([3], sale="no id"))
    with pytest.raises(BadQuery):
        store.replace("sales", ["nothing"], sales([3]))
    assert not list((tmp_path / "changes").iterdir())


OTHER_VERSIONS = {
    "lacks a column of today": Replacement(
        "sales", ["sale"], {FILE: {k: v for k, v in CHAIR.items() if k != "tags"}}, {FILE: 1}
    ),
    "has a column that is gone": Replacement(
        "sales", ["sale"], {FILE: CHAIR | {"colour": ["red"]}}, {FILE: 1}
    ),
    "is of a table that is gone": Replacement("rents", ["sale"], {FILE: CHAIR}, {FILE: 1}),
    "asks for a column that is gone": Deletion(
        ["sales"], q.Compare(q.Field("colour"), "=", "red"), 0, EVER, {FILE: 1}
    ),
}


@pytest.mark.parametrize("change", OTHER_VERSIONS)
def test_what_another_version_noted_stands_in_no_ones_way(
    store: DuckStore, tmp_path: Path, change: str
) -> None:
    """It is done as far as it can be; the store opens and takes further changes."""
    store.close()
    noted = tmp_path / "changes" / "1.msgpack"
    noted.write_bytes(msgspec.msgpack.encode(OTHER_VERSIONS[change]))
    again = open_store(tmp_path)
    is_done = change in ("lacks a column of today", "has a column that is gone")
    assert sold(again, q.Compare(q.Field("article"), "=", "chair")) == [3] * is_done
    assert again.delete(["sales"], q.Compare(q.Field("position"), "=", 5), 0, EVER) == 1
    assert sold(again) == [place for place in range(30) if place != 5]
    assert not noted.exists()
    again.abandon()


def test_usage_counts_rows_and_bytes_by_project(store: DuckStore) -> None:
    """From memory and files alike, also after a restart."""
    found = {(str(row.day), row.project_id): row for row in store.usage()}
    assert {key: row.rows for key, row in found.items()} == {
        ("2026-01-01", 1): 10,
        ("2026-01-02", 2): 10,
        ("2026-01-03", 1): 10,
    }
    assert all(500_000 < row.bytes < 520_000 for row in found.values())
    sell(store, range(30, 40), day=1, project=7)
    before = store.usage()
    store.checkpoint()
    assert store.usage() == before
