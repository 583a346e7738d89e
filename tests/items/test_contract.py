"""What every kind of item promises: its sample is read, and its rows fit its tables."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from vedette import items
from vedette.items import Effects, ItemKind, PayloadForm, RawItem
from vedette.items._columns import names_blobs
from vedette.kinds import discover
from vedette.outcome import Drop
from vedette.spool.meta import Meta
from vedette.store.duck import DuckStore
from vedette.store.table import ColumnType, Rows
from vedette.wire.envelope import read_headers, walk_items

MODULES = discover("vedette.items")
each = pytest.mark.parametrize("kind", [m.KIND for m in MODULES], ids=[m.__name__ for m in MODULES])
HOSTILE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"{}",
    b"\xff\xfe\x00",
    b"[" * 5000,
    b'{"sid":[],"attrs":7,"aggregates":{"a":1},"discarded_events":9,"event_id":{},"body":[]}',
    b'{"attrs":{"release":"a"},"started":"never","seq":1e400,"errors":-1,"aggregates":[1,null]}',
]


def read_sample(kind: ItemKind) -> tuple[RawItem, Effects]:
    """The last item of the kind's sample and what it became."""
    body = kind.sample()
    headers, offset = read_headers(body)
    *_, item = walk_items(body, offset)
    meta = Meta(7, time.time(), event_id=headers.event_id or "")
    raw = RawItem(meta, headers, item.header, item.payload(body), 0)
    assert items.kind_of(item.header.type) is kind
    effects = kind.read(raw)
    assert isinstance(effects, Effects), effects
    return raw, effects


@each
def test_the_sample_becomes_something(kind: ItemKind) -> None:
    """An event, rows or counts."""
    _, effects = read_sample(kind)
    assert effects.event is not None or effects.rows or effects.outcomes


@each
def test_columns_that_name_blobs_are_known_as_such(kind: ItemKind) -> None:
    """Or their bytes would stay when the project is removed."""
    _, effects = read_sample(kind)
    for blob in effects.blobs:
        assert names_blobs(blob.column)
        types = {column.name: column.type for column in blob.row.table.columns}
        assert types[blob.column] is ColumnType.TEXT


@each
def test_the_rows_of_the_sample_are_stored(kind: ItemKind, tmp_path: Path) -> None:
    """They name columns that exist, with values that the store takes, and a time."""
    _, effects = read_sample(kind)
    store = DuckStore(tmp_path, kind.tables, memory_bytes=64 << 20, threads=1)
    try:
        for row in effects.rows:
            assert row.table in kind.tables
            assert set(row.values) <= {column.name for column in row.table.all_columns}
            batch = Rows(row.table)
            batch.add({**row.values, "writer": "web", "position": 0})
            store.append([batch], writer="web", end=1)
    finally:
        store.close()


@each
def test_its_search_keys_name_columns(kind: ItemKind) -> None:
    """Every key means a column of one of the kind's tables."""
    columns = {column.name for table in kind.tables for column in table.all_columns}
    assert {key: one for key, one in kind.fields.items() if one.column not in columns} == {}
    assert [key for key, one in kind.fields.items() if not one.help] == []


@each
@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_payload_is_dropped_with_a_reason_or_kept(kind: ItemKind, payload: bytes) -> None:
    """Whatever comes in, reading it never raises, so no neighbour is lost."""
    raw, _ = read_sample(kind)
    raw.payload = payload
    assert isinstance(kind.read(raw), Effects | Drop)


@each
def test_its_blobs_name_columns(kind: ItemKind) -> None:
    """Bytes that lie apart are named by a text column of a row of the item."""
    _, effects = read_sample(kind)
    for blob in effects.blobs:
        assert any(blob.row is row for row in effects.rows)
        columns = {column.name: column.type for column in blob.row.table.columns}
        assert columns[blob.column] is ColumnType.TEXT


@each
def test_its_category_and_bound_are_declared(kind: ItemKind) -> None:
    """The door counts and limits by the declaration: there is no default that lets all in."""
    assert kind.category
    assert kind.most_bytes is not None or kind.is_event or kind.form is PayloadForm.JSON
    assert items.category_of(kind.types[0]) == kind.category
    assert kind.category in items.names_of(kind.category)


def test_one_kind_takes_every_other_type() -> None:
    """What no kind names, also what nobody knows yet, has a home."""
    rest = items.kind_of("a_type_of_the_future")
    assert rest.types == ("",)
    assert rest.is_kept


def test_no_two_kinds_read_the_same_type() -> None:
    """Each item type has one reader."""
    types = [name for module in MODULES for name in module.KIND.types]
    assert len(types) == len(set(types))


def test_tables_of_one_name_are_one_table() -> None:
    """Kinds that share a table share its declaration."""
    declared = {}
    for module in MODULES:
        for table in module.KIND.tables:
            assert declared.setdefault(table.name, table) is table
    assert {table.name for table in items.tables()} == set(declared)
