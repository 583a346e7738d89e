"""Tags that have a column of their own in a day file, beside the map that holds all.

To look at one key of a map, an engine reads the whole map. The most frequent keys of few
values therefore get a column each, which every later flush fills; not those that repeat a
declared column (`browser.name`), which is what questions ask. Rows of earlier flushes have the
map only; the map is complete in every row and is what counts. Which key has which column, and
since when, stands in a table of the file; a file without it has no such columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import duckdb

from vedette.store.table import ColumnType, Table
from vedette.store.tagkeys import Tag, is_plain

MAPPING = "tag_columns"
MOST_COLUMNS = 64  # of a table: more would slow down writing
_SAMPLED_ROWS = 20_000  # the latest
_MOST_KEYS = 200  # looked at: clients may send any number of keys
_LEAST_SHARE = 0.01  # of the rows that have the key
LEAST_REPEATS = 10  # how often a value comes on average: a column of few values takes no room


class TagColumn(NamedTuple):
    """Filled in the rows of every flush after `since`; -1 where it is filled in all rows."""

    name: str
    since: int


TagColumns = Mapping[str, Mapping[Tag, TagColumn]]  # by table


def read(cursor: duckdb.DuckDBPyConnection, file: str) -> dict[str, dict[Tag, TagColumn]]:
    """The tag columns of a file."""
    try:
        rows = cursor.execute(
            f"SELECT table_name, map, key, name, since FROM {file}.{MAPPING}"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    found: dict[str, dict[Tag, TagColumn]] = {}
    for table, column, key, name, since in rows:
        found.setdefault(table, {})[Tag(column, key)] = TagColumn(name, since)
    return found


def frequent(cursor: duckdb.DuckDBPyConnection, file: str, table: Table) -> list[Tag]:
    """The keys in the table's latest rows that are worth a column, the most frequent first.

    Takes little memory whatever keys and values there are: both are counted by estimate.
    """
    declared = {column.name for column in table.columns if column.type is ColumnType.TEXT}
    found: list[tuple[int, Tag]] = []
    relation = f"{file}.{table.name}"
    for column in maps_of(table):
        latest = (
            f"FROM {relation} WHERE rowid > (SELECT max(rowid) - {_SAMPLED_ROWS} FROM {relation})"
        )
        entries = f"(SELECT unnest(map_entries({column})) AS entry {latest})"
        top = f"SELECT unnest(approx_top_k(entry.key, {_MOST_KEYS})) FROM {entries}"
        rows = cursor.execute(
            f"SELECT entry.key, count(*), approx_count_distinct(entry.value) FROM {entries} "
            f"WHERE entry.key IN ({top}) GROUP BY ALL "
            f"HAVING count(*) >= {_LEAST_SHARE} * (SELECT count(*) {latest})"
        ).fetchall()
        found += [
            (count, Tag(column, key))
            for key, count, values in rows
            if is_plain(key)
            and key.replace(".", "_") not in declared
            and count >= LEAST_REPEATS * values
        ]
    return [tag for _, tag in sorted(found, key=lambda one: (-one[0], one[1]))]


def add(
    cursor: duckdb.DuckDBPyConnection,
    file: str,
    table: Table,
    tags: Iterable[Tag],
    held: Mapping[Tag, TagColumn],
    since: int,
) -> dict[Tag, TagColumn]:
    """Give a table columns for tags that have none, within the caller's transaction.

    Returns all that it has then.
    """
    columns = dict(held)
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS {file}.{MAPPING} "
        "(table_name VARCHAR, map VARCHAR, key VARCHAR, name VARCHAR, since BIGINT)"
    )
    for tag in tags:
        column = columns[tag] = TagColumn(f"tag_column_{len(columns) + 1}", since)
        cursor.execute(f"ALTER TABLE {file}.{table.name} ADD COLUMN {column.name} VARCHAR")
        cursor.execute(
            f"INSERT INTO {file}.{MAPPING} VALUES (?, ?, ?, ?, ?)", [table.name, *tag, *column]
        )
    return columns


def maps_of(table: Table) -> list[str]:
    """The columns of a table that hold tags."""
    return [column.name for column in table.columns if column.type is ColumnType.TAGS]
