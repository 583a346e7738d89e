"""Tags answer alike whether a column, the map or memory gives them, whatever happens to files."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.conftest import widen_early
from tests.store.shop import EVER, open_store, run_until_killed, sales, sell, sold
from vedette.store import query as q
from vedette.store import tagcolumns, widening
from vedette.store.duck import DuckStore
from vedette.store.visible import VisibleProjects

KEYS = (
    *("plain", "it's", '"quoted"', "a.b[c]", "Ärger", "日本", "🐈", "", " ", "a  b", "--", "%s $1"),
    *("line\nbreak", "tab\t", "tag_column_1", "asked_tag_0", "back\\slash", "k" * 200),
)
VALUES = ("", "a", "A", "it's", "12", "-3.5", "x\0y", "ü", "NULL", " ")
EARLY = (
    "import vedette.store.widening as w, vedette.store.tagcolumns as t\n"
    "w.FIRST_ROWS = 4; t.LEAST_REPEATS = 0\n"
)
FILE = "telemetry_20260101"


@pytest.fixture(autouse=True)
def early() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        widen_early(patch)
        yield


def columns_of(folder: Path, name: str = FILE) -> set[str]:
    """The keys that have a column in a file that nobody has open."""
    with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as file:
        return {key for table in tagcolumns.read(file.cursor(), name).values() for _, key in table}


def ask(store: DuckStore, columns: dict[str, q.Expression], **rest: Any) -> list[list[Any]]:
    """A question about the sales."""
    bounds: dict[str, Any] = {"start": 0, "end": EVER, "limit": 1 << 31}
    everything = VisibleProjects.of_system()
    select = q.Select(table="sales", projects=everything, columns=columns, **bounds, **rest)
    return store.query(select).rows


def check(store: DuckStore, rows: Sequence[dict[str, str]]) -> None:
    """Every kind of question about every key, against the rows."""
    for key in KEYS:
        tag, held = q.Tag(key), [row.get(key) for row in rows]
        counted = ask(store, {"value": tag, "n": q.count()}, group_by=["value"])
        assert dict(counted) == Counter(held), key
        for value in ("", "it's", "x\0y"):
            assert sold(store, q.Compare(tag, "=", value)) == places(held, {value}), (key, value)
        wanted = [place for place, value in enumerate(held) if value != "a"]
        assert sold(store, q.Compare(tag, "!=", "a")) == wanted
        assert sold(store, q.Compare(tag, "=", None)) == places(held, {None})
        assert sold(store, q.Present(tag)) == places(held, {*VALUES} - {""})
        number = q.Compare(q.Tag(key, is_number=True), ">", 5)
        assert sold(store, number) == places(held, {"12"})
    both = q.All([q.Compare(q.Tag(KEYS[0]), "=", "a"), q.Present(q.Tag(KEYS[12]))])
    wanted = [p for p, row in enumerate(rows) if row.get(KEYS[0]) == "a" and row.get(KEYS[12])]
    assert sold(store, both) == wanted
    exploded = ask(
        store,
        {"key": q.Field("tag_key"), "mine": q.Tag(KEYS[1]), "n": q.count()},
        group_by=["key", "mine"],
        explode_tags=True,
    )
    counts = Counter((key, row.get(KEYS[1])) for row in rows for key in row)
    assert {(key, mine): n for key, mine, n in exploded} == counts


def places(held: Sequence[str | None], values: set[str] | set[None]) -> list[int]:
    return [place for place, value in enumerate(held) if value in values]


def fill(store: DuckStore, rows: Sequence[dict[str, str]], start: int = 0) -> None:
    for place, row in enumerate(rows, start):
        sell(store, [place], tags=list(row.items()))


TAGS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=6)
BATCHES = st.lists(st.lists(TAGS, min_size=1, max_size=8), min_size=1, max_size=5)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=BATCHES)
def test_answers_are_those_of_the_rows(batches: list[list[dict[str, str]]]) -> None:
    """Before and after keys get columns, mixed, in memory, and read again by a later process."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        rows: list[dict[str, str]] = []
        for batch in batches:
            fill(store, batch, len(rows))
            rows += batch
            store.flush()
        more = [{KEYS[0]: "a", KEYS[1]: ""}, {KEYS[12]: "12"}]
        fill(store, more, len(rows))
        check(store, [*rows, *more])
        store.close()
        again = open_store(Path(folder))
        check(again, [*rows, *more])
        again.abandon()


def regular(count: int) -> list[dict[str, str]]:
    """Rows with a few keys in all of them."""
    return [
        {"plain": VALUES[place % 3], "it's": "12", "Ärger": "ü", "line\nbreak": "a"}
        for place in range(count)
    ]


def test_frequent_keys_of_few_values_have_columns(tmp_path: Path) -> None:
    """Not those that hardly come, whose values are all different, that cannot be written, or
    that are a declared column's.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tagcolumns, "LEAST_REPEATS", 10)
        store = open_store(tmp_path)
        rows = [
            {**row, "order": str(place), "article": "a"} for place, row in enumerate(regular(300))
        ]
        rows[0]["rare"] = "a"
        for start in range(0, 300, 100):
            fill(store, rows[start : start + 100], start)
            store.flush()
        check(store, rows)
        store.close()
        assert columns_of(tmp_path) == {"plain", "it's", "Ärger"}


def test_no_table_has_more_columns_than_it_bears(tmp_path: Path) -> None:
    """Of a hundred keys the most frequent ones have a column, and all answer."""
    store = open_store(tmp_path)
    rows = [{f"k{n}": "v" for n in range(100) if n < 50 or place % 2} for place in range(20)]
    fill(store, rows[:10])
    store.flush()
    fill(store, rows[10:], 10)
    store.flush()
    for key, wanted in (("k3", 20), ("k49", 20), ("k99", 10)):
        assert len(sold(store, q.Compare(q.Tag(key), "=", "v"))) == wanted
    store.close()
    assert len(columns_of(tmp_path)) == tagcolumns.MOST_COLUMNS
    assert {f"k{n}" for n in range(50)} <= columns_of(tmp_path)


def test_any_number_of_keys_is_borne(tmp_path: Path) -> None:
    """A stranger's keys, all different, keep no key that comes in every row from its column."""
    store = open_store(tmp_path)
    for start in (0, 1000):
        for row in range(start, start + 1000, 50):
            tags = [("plain", "a"), *((f"stray {row} {n}", "v") for n in range(50))]
            sell(store, range(row, row + 50), tags=tags)
        store.flush()
    assert len(sold(store, q.Compare(q.Tag("plain"), "=", "a"))) == 2000
    assert sold(store, q.Present(q.Tag("stray 50 7"))) == list(range(50, 100))
    store.close()
    assert "plain" in columns_of(tmp_path)


def test_a_key_that_grows_frequent_gets_a_column_later(tmp_path: Path) -> None:
    """The table is looked at again when it has doubled."""
    store = open_store(tmp_path)
    rows = regular(6)
    fill(store, rows)
    store.flush()
    for start in range(6, 30, 6):
        batch = [{**row, "日本": "a"} for row in regular(6)]
        fill(store, batch, start)
        rows += batch
        store.flush()
    check(store, rows)
    store.close()
    assert "日本" in columns_of(tmp_path)


def test_a_new_day_begins_with_the_columns_of_the_last(tmp_path: Path) -> None:
    """From its first row; also rows that are replaced there are found by them."""
    store = open_store(tmp_path)
    rows = regular(6)
    fill(store, rows)
    store.flush()
    sell(store, [6, 7], day=1, tags=[("plain", "a"), ("Ärger", "")])
    store.flush()
    assert sold(store, q.Compare(q.Tag("plain"), "=", "a")) == [1, 4, 6, 7]
    store.replace("sales", ["position"], sales([6], day=1, tags=[("plain", "A")]))
    assert sold(store, q.Compare(q.Tag("plain"), "=", "A")) == [2, 5, 6]
    assert sold(store, q.Compare(q.Tag("Ärger"), "=", "")) == [7]
    store.close()
    assert columns_of(tmp_path, "telemetry_20260102") == {"plain", "it's", "Ärger"}
    with duckdb.connect(str(tmp_path / "telemetry_20260102.duckdb"), read_only=True) as file:
        (held,) = tagcolumns.read(file.cursor(), "telemetry_20260102").values()
    assert {column.since for column in held.values()} == {-1}


def test_changed_rows_are_found_by_their_new_tags(tmp_path: Path) -> None:
    """Replaced and deleted by a tag, among rows with and without columns."""
    store = open_store(tmp_path)
    rows = regular(12)
    for start in (0, 6):
        fill(store, rows[start : start + 6], start)
        store.flush()
    for place in (1, 7):
        rows[place] = {"plain": "12", "日本": "a"}
        store.replace("sales", ["position"], sales([place], tags=list(rows[place].items())))
    check(store, rows)
    assert store.delete(["sales"], q.Compare(q.Tag("plain"), "=", ""), 0, EVER) == 4
    left = [place for place, row in enumerate(rows) if row["plain"]]
    assert sold(store, q.Present(q.Tag("plain"))) == sold(store) == left
    store.abandon()


def test_a_file_of_an_earlier_version_gets_columns_when_it_grows(tmp_path: Path) -> None:
    """It has none, and no table of them; its rows answer as before."""
    rows = regular(20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widening, "FIRST_ROWS", 1_000)
        store = open_store(tmp_path)
        fill(store, rows[:10])
        store.close()
    assert columns_of(tmp_path) == set()
    store = open_store(tmp_path)
    check(store, rows[:10])
    fill(store, rows[10:], 10)
    check(store, rows)
    store.close()
    assert columns_of(tmp_path) == {"plain", "it's", "Ärger"}
    store = open_store(tmp_path)
    check(store, rows)
    store.abandon()


def test_a_file_that_cannot_be_widened_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map answers."""

    def fail(cursor: duckdb.DuckDBPyConnection, file: str, *_: object) -> None:
        cursor.execute(f"ALTER TABLE {file}.sales ADD COLUMN half VARCHAR")
        raise duckdb.OutOfMemoryException("no room for it")

    monkeypatch.setattr(tagcolumns, "add", fail)
    store = open_store(tmp_path)
    rows = regular(12)
    for start in (0, 6):
        fill(store, rows[start : start + 6], start)
        store.flush()
    check(store, rows)
    store.close()
    assert columns_of(tmp_path) == set()


def test_rows_are_not_written_again_for_a_new_column(tmp_path: Path) -> None:
    """A row group that was written is left alone: the file would grow by what it holds already."""
    store = open_store(tmp_path)
    for start in (0, 500, 1000):
        tags = [("plain", "a")]
        sell(store, range(start, start + 500), tags=tags, receipt=os.urandom(4000))
        store.checkpoint()
    store.close()
    assert columns_of(tmp_path) == {"plain"}
    with duckdb.connect(str(tmp_path / f"{FILE}.duckdb"), read_only=True) as file:
        groups = file.execute(
            "SELECT DISTINCT row_group_id, max(start + count) FROM pragma_storage_info('sales') "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert groups == [(0, 500), (1, 500), (2, 500)]


KILLS = {
    "while columns are made": (
        "real = t.add\ndef step(*a): real(*a); die()\nt.add = step\nthird(); store.flush()"
    ),
    "before the rows that follow": ("store._writing._transaction = die\nthird(); store.flush()"),
    "within the rows that follow": (
        "import vedette.store.writing as v; v.TRANSACTION_BYTES = 300\n"
        "real = store._writing._transaction\n"
        "def step(file, group, number, end):\n"
        "    if end is not None: die()\n"
        "    real(file, group, number, end)\n"
        "store._writing._transaction = step\n"
        "third(); store.flush()"
    ),
    "after them": "third(); store.flush(); die()",
    "after the checkpoint": "third(); store.checkpoint(); die()",
}


@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_leaves_every_answer_right(tmp_path: Path, moment: str) -> None:
    """What was durable answers, and so does what a replay brings."""
    code = (
        "from tests.store.test_tag_columns import fill, regular\n"
        f"{EARLY}rows = regular(30)\n"
        "def third(): fill(store, rows[10:20], 10)\n"
        "fill(store, rows[:10]); store.flush()\n"
    )
    run_until_killed(tmp_path, code + KILLS[moment])
    store, rows = open_store(tmp_path), regular(30)
    start = store.replay_position("till")
    assert start in (10, 20)
    check(store, rows[:start])
    fill(store, rows[start:], start)
    check(store, rows)
    store.flush()
    check(store, rows)
    store.close()
    assert columns_of(tmp_path) == {"plain", "it's", "Ärger"}


def test_columns_that_a_damaged_log_held_are_gone_with_it(tmp_path: Path) -> None:
    """The replay makes them again; meanwhile the map answers."""
    run_until_killed(
        tmp_path,
        "from tests.store.test_tag_columns import fill, regular\n"
        f"{EARLY}rows = regular(30)\n"
        "fill(store, rows[:10]); store.checkpoint()\n"
        "fill(store, rows[10:20], 10); store.flush(); fill(store, rows[20:], 20); store.flush()\n"
        "die()",
    )
    log = tmp_path / f"{FILE}.duckdb.wal"
    content = bytearray(log.read_bytes())
    for place in range(40, len(content), 97):
        content[place] ^= 0xFF
    log.write_bytes(content)
    store, rows = open_store(tmp_path), regular(30)
    assert store.replay_position("till") == 10
    check(store, rows[:10])
    fill(store, rows[10:], 10)
    store.flush()
    check(store, rows)
    store.close()
    assert columns_of(tmp_path) == {"plain", "it's", "Ärger"}


def test_a_question_that_began_before_sees_its_rows_once(tmp_path: Path) -> None:
    """Columns that come while it runs change nothing for it."""
    store = open_store(tmp_path)
    rows = regular(12)
    fill(store, rows[:6])
    store.flush()
    fill(store, rows[6:], 6)
    questions = store._questions
    snapshot = questions._snapshot

    def late(*arguments: Any) -> Any:
        found = snapshot(*arguments)
        questions._snapshot = snapshot  # type: ignore[method-assign]
        store.flush()
        return found

    questions._snapshot = late  # type: ignore[method-assign]
    assert sold(store, q.Compare(q.Tag("it's"), "=", "12")) == list(range(12))
    assert sold(store, q.Compare(q.Tag("it's"), "=", "12")) == list(range(12))
    store.abandon()
