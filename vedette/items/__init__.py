"""DRAWER: one file per kind of envelope item.

A kind is a module with one name, `KIND`, an `ItemKind`:

- `types`: the envelope item types it reads;
- `tables`: the tables of the store it writes;
- `read`: item → what it becomes (an event to be processed, rows, counts), or a `Drop`;
- `fields`: search keys it adds, with the column each means;
- `sample`: an envelope that must be accepted, stored and found: its test.

The kind named `kept` takes every type that no other kind names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from vedette.kinds import discover
from vedette.pipeline.drop import Drop
from vedette.spool.meta import Meta
from vedette.store.table import Table
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader


class RawItem(msgspec.Struct, gc=False):
    """One item as it came out of its envelope, with the time the server received it."""

    meta: Meta
    envelope: EnvelopeHeaders
    header: ItemHeader
    payload: bytes
    position: int


class Counted(msgspec.Struct, gc=False):
    """An outcome that an item reports: what a client says it discarded."""

    category: str
    outcome: str
    reason: str
    quantity: int


class Row(msgspec.Struct, gc=False):
    """One row for a table; timestamps are microseconds since 1970."""

    table: Table
    values: dict[str, Any]


class Parsed(msgspec.Struct, gc=False):
    """What an item became.

    `event` is the JSON of an error event, which goes on through the pipeline's steps;
    `rows` are stored as they are; `blob` is stored by content and named in the column `blob`
    of the first row; with `scrub` the first row's `body` is JSON that is scrubbed.
    """

    event: bytes | None = None
    rows: list[Row] = []
    counted: list[Counted] = []
    blob: bytes | None = None
    scrub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemKind:
    """The contract of a kind; see the module's docstring."""

    types: tuple[str, ...]
    tables: tuple[Table, ...]
    read: Callable[[RawItem], Parsed | Drop]
    sample: Callable[[], bytes]
    fields: dict[str, str] = field(default_factory=dict)


@cache
def kinds() -> dict[str, ItemKind]:
    """Every kind by item type; `""` is the one that takes the rest."""
    by_type: dict[str, ItemKind] = {}
    for module in discover(__name__):
        kind: ItemKind = module.KIND
        for name in kind.types:
            by_type[name] = kind
    return by_type


@cache
def tables() -> tuple[Table, ...]:
    """Every table that some kind writes."""
    found: dict[str, Table] = {}
    for kind in kinds().values():
        for table in kind.tables:
            found[table.name] = table
    return tuple(found.values())


def kind_of(item_type: str) -> ItemKind:
    """The kind that reads this item type."""
    by_type = kinds()
    return by_type.get(item_type) or by_type[""]
