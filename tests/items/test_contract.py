"""What every kind of item promises: its sample is read, and its rows fit its tables."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from vedette import items
from vedette.items import ItemKind, Parsed, RawItem
from vedette.kinds import discover
from vedette.pipeline.drop import Drop
from vedette.spool.meta import Meta
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
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


def read_sample(kind: ItemKind) -> tuple[RawItem, Parsed]:
    """The last item of the kind's sample and what it became."""
    body = kind.sample()
    headers, offset = read_headers(body)
    *_, item = walk_items(body, offset)
    meta = Meta(7, time.time(), event_id=headers.event_id or "")
    raw = RawItem(meta, headers, item.header, item.payload(body), 0)
    assert items.kind_of(item.header.type) is kind
    parsed = kind.read(raw)
    assert isinstance(parsed, Parsed), parsed
    return raw, parsed


@each
def test_the_sample_becomes_something(kind: ItemKind) -> None:
    """An event, rows or counts."""
    _, parsed = read_sample(kind)
    assert parsed.event is not None or parsed.rows or parsed.counted


@each
def test_the_rows_of_the_sample_are_stored(kind: ItemKind, tmp_path: Path) -> None:
    """They name columns that exist, with values that the store takes, and a time."""
    _, parsed = read_sample(kind)
    store = DuckStore(tmp_path, kind.tables, memory_bytes=64 << 20, threads=1)
    try:
        for row in parsed.rows:
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
    assert {key: name for key, name in kind.fields.items() if name not in columns} == {}


@each
@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_payload_is_dropped_with_a_reason_or_kept(kind: ItemKind, payload: bytes) -> None:
    """Whatever comes in, reading it never raises, so no neighbour is lost."""
    raw, _ = read_sample(kind)
    raw.payload = payload
    assert isinstance(kind.read(raw), Parsed | Drop)


@each
def test_a_scrubbed_row_has_a_body(kind: ItemKind) -> None:
    """`scrub` speaks of the first row's `body`, `blob` of its column `blob`."""
    _, parsed = read_sample(kind)
    if parsed.scrub:
        assert isinstance(parsed.rows[0].values["body"], bytes)
    if parsed.blob is not None:
        assert any(column.name == "blob" for column in parsed.rows[0].table.columns)


def test_one_kind_takes_every_other_type() -> None:
    """What no kind names, also what nobody knows yet, has a home."""
    rest = items.kind_of("a_type_of_the_future")
    assert rest.types == ("",)
    assert rest is items.kind_of("transaction")


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
