"""DRAWER: one file per kind of envelope item.

A kind is a module with one name, `KIND`, an `ItemKind`. It declares everything that the
rest of the product must know of the item types it names: the door and the limits read
`category`, `most_bytes`, `is_bulky`, `is_container` and `is_event`; the pipeline `form`,
`is_once` and `read`; the store `tables`; search and completion `fields`; the tests
`sample`. No other package names a kind.

What has no home yet is `kept` (see `_kept.py`): stored as it came, until a kind with a
reader of its own takes its place and the kept ones are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import cache
from typing import Any

import msgspec

from vedette.crashes.reports import CrashReport
from vedette.facts import COMMON, Fact
from vedette.kinds import discover
from vedette.outcome import Drop
from vedette.spool.meta import Meta
from vedette.store.query import Condition
from vedette.store.table import ColumnType, Table
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

IDENTITIES = ("id", "email", "username", "ip")  # what a person is known by
INLINE_BYTES = 16 << 10  # a larger body lies in a blob, and its row names it


class RawItem(msgspec.Struct, gc=False):
    """One item as it came out of its envelope, with the time the server received it.

    `ordinal` is its place in the envelope; `envelope_line` and `header_line` are the two
    headers as they were sent; `crash` is the crash report that came beside an event; `beside`
    are bytes without text that `to_json` took out of the payload, for `read` to keep.
    """

    meta: Meta
    envelope: EnvelopeHeaders
    header: ItemHeader
    payload: bytes
    position: int
    ordinal: int = 0
    envelope_line: bytes = b""
    header_line: bytes = b""
    crash: CrashReport | None = None
    beside: bytes = b""


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


class Blob(msgspec.Struct, gc=False):
    """Bytes that are stored by content; their name goes into a column of the row."""

    row: Row
    column: str
    data: bytes


class Body(msgspec.Struct, gc=False):
    """JSON that is stored compressed with a row, in its columns `body` or `body_blob`."""

    row: Row
    data: bytes


class Effects(msgspec.Struct, gc=False):
    """What an item came to: everything that happens because of it.

    `event` is the JSON of an error event, which goes on through the event steps and adds its
    own row and fact; an item may be an event *and* rows. `quantity` is how many things it counts
    as, where what was read knows better than the item's header. `identity` is what makes it the
    only one of its project and category, stored once, where that is no event id.
    """

    event: bytes | None = None
    rows: list[Row] = []
    blobs: list[Blob] = []
    bodies: list[Body] = []
    outcomes: list[Counted] = []
    facts: list[Fact] = []
    quantity: int | None = None
    identity: str = ""


class PayloadForm(Enum):
    """What a payload is, and so whether there is text in it to scrub."""

    JSON = "json"
    BINARY = "binary"


class Worth(IntEnum):
    """What is given up first where room is short: the smallest, and of equals the oldest."""

    BULK = 0  # large, and told of by something else: recordings, profiles, files
    DETAIL = 1  # how it came about: spans, logs, metrics
    SAMPLE = 2  # what happened
    RECORD = 3  # small, and counted from: sessions, checks, outcomes


class FieldType(Enum):
    """What a search key holds, for parsing its values and for the completion list."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    ID = "id"
    BOOLEAN = "boolean"


_TYPE_OF_COLUMN = {
    ColumnType.INT: FieldType.NUMBER,
    ColumnType.FLOAT: FieldType.NUMBER,
    ColumnType.BOOL: FieldType.BOOLEAN,
    ColumnType.TIME: FieldType.TIME,
    ColumnType.UUID: FieldType.ID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchField:
    """What a search key means: a column, its unit, a line of help, its values if they are few."""

    column: str
    help: str
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemKind:
    """The contract of a kind; see the module's docstring.

    - `types`: the envelope item types it reads; `""` takes every type that no kind names;
    - `category`: under which it is counted, limited and shown;
    - `aliases`: what SDKs call the category besides, in answers about limits;
    - `most_bytes`: the largest payload; None for what `max_event_bytes` allows;
    - `is_bulky`: refused first when the backlog grows;
    - `is_vital`: refused last;
    - `is_limited`: a key's limit holds for it;
    - `by_type`: how an event is read whose `type` says it is something else, which SDKs without an
      item for that send as one: from the item and its decoded payload;
    - `is_container`: counts as the `item_count` that its header gives;
    - `is_event`: its payload is an event, so the door looks for its id and hears of bad JSON;
    - `goes_with_event`: it is part of an event: dropped where that is turned away;
    - `carries_event_id`: an envelope with it has an event id, a new one if need be;
    - `form`: what the payload is; `to_json`: the JSON of one that is not, made before scrubbing;
    - `holds_pages`: whole pages as people saw them: addresses of e-mail go from it by default, as
      other secrets do, and more is looked at;
    - `is_once`: the same event id of the same project is stored once (within a day at least);
    - `is_own`: the product alone writes it, into the spool; what comes through the door is dropped;
    - `worth`: what is given up first where room is short; `spares`: a column, of each of whose
      values the newest row is given up last of all; `precious`: rows that are, too;
    - `person`: by what of `IDENTITIES` its rows know people, and the column that holds it;
      `person_number`: what stands for an identity in the column `user_number` instead; `tie`: a
      column of ids, by which rows that name nobody are of whom another row with the id names;
    - `is_kept`: it has no home yet: stored as it came, read again when it gets one;
    - `tables`: the tables of the store it writes;
    - `facts`: the types of facts it raises besides the common ones;
    - `fields`: search keys it adds, with what each means;
    - `read`: scrubbed item → effects, or a `Drop`; it never raises for bad input;
    - `sample`: an envelope that must be accepted, stored and found: its test.
    """

    types: tuple[str, ...]
    category: str
    tables: tuple[Table, ...]
    read: Callable[[RawItem], Effects | Drop]
    sample: Callable[[], bytes]
    aliases: tuple[str, ...] = ()
    most_bytes: int | None = None
    is_bulky: bool = False
    is_vital: bool = False
    is_limited: bool = True
    is_container: bool = False
    is_event: bool = False
    goes_with_event: bool = False
    by_type: Mapping[str, Callable[[RawItem, dict[str, Any]], Effects | Drop]] = field(
        default_factory=dict
    )
    carries_event_id: bool = False
    form: PayloadForm = PayloadForm.JSON
    to_json: Callable[[RawItem], bytes] | None = None
    holds_pages: bool = False
    is_once: bool = False
    is_own: bool = False
    worth: Worth = Worth.RECORD
    spares: str = ""
    precious: Condition | None = None
    person: dict[str, str] = field(default_factory=dict)
    person_number: Callable[[str], int | None] | None = None
    tie: str = ""
    is_kept: bool = False
    facts: tuple[type[Fact], ...] = ()
    fields: dict[str, SearchField] = field(default_factory=dict)

    def type_of(self, key: str) -> FieldType:
        """What the search key holds."""
        column = self.fields[key].column
        found = next(
            (one.type for table in self.tables for one in table.all_columns if one.name == column),
            ColumnType.TEXT,
        )
        return _TYPE_OF_COLUMN.get(found, FieldType.TEXT)

    def may_come(self, meta: Meta) -> bool:
        """Whether it may come in this record: one of our own is marked as such by its writer."""
        return not self.is_own or (
            meta.origin is not None and meta.origin.category == self.category
        )

    def quantity(self, header: ItemHeader) -> int:
        """How many things an item counts as: what a container says it holds, else one."""
        count = header.item_count if self.is_container else None
        return count if count and 0 < count < _MOST_IN_CONTAINER else 1


_MOST_IN_CONTAINER = 100_000


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


@cache
def fact_types() -> tuple[type[Fact], ...]:
    """Every type of fact that a kind or a step can raise."""
    own = (fact for kind in kinds().values() for fact in kind.facts)
    return tuple(dict.fromkeys((*COMMON, *own)))


@cache
def names_of(category: str) -> tuple[str, ...]:
    """Everything that SDKs call a category: two dialects name some differently."""
    others = (
        name for kind in kinds().values() if kind.category == category for name in kind.aliases
    )
    return tuple(dict.fromkeys((category, *others)))


def categories(has: Callable[[ItemKind], bool]) -> frozenset[str]:
    """The categories of the kinds of which this is true."""
    return frozenset(kind.category for kind in kinds().values() if has(kind))


def kind_of(item_type: str) -> ItemKind:
    """The kind that reads this item type."""
    by_type = kinds()
    return by_type.get(item_type) or by_type[""]


def category_of(item_type: str) -> str:
    """The category of an item type; `default` for one that nobody knows."""
    return kind_of(item_type).category
