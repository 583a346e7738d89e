"""One batch through the steps: records in, rows and issue updates out.

Pure but for the duplicate look-up: writing is the loop's work. A record that makes a step
fail is left to the caller; its neighbours are not touched.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from vedette.items import Counted, RawItem, Row, kind_of
from vedette.items.client_report import OUTCOMES
from vedette.pipeline import steps
from vedette.pipeline.context import Context
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.drop import Drop, DropReason, Outcome
from vedette.pipeline.work import IssueUpdate, Work
from vedette.spool.meta import Meta, decode_meta, decode_refusals
from vedette.spool.segment import Record
from vedette.store.table import Rows, Table
from vedette.wire.encodings import EncodingError, inflate
from vedette.wire.envelope import MalformedEnvelope, read_headers, walk_items
from vedette.wire.limits import category_of, quantity_of

Step = Callable[[Work, Context], Work | Drop]

STEPS: tuple[Step, ...] = (
    steps.filter,
    steps.parse,
    steps.scrub,
    steps.normalise,
    steps.group,
    steps.enrich,
)

_INFLATE_LIMIT = 256 << 20


class Key(NamedTuple):
    """What outcomes are counted by."""

    project_id: int
    category: str
    outcome: str
    reason: str
    hour: int


@dataclass(slots=True)
class Batch:
    """What a run of records came to."""

    writer: str
    end: int = 0
    last: int = 0
    rows: list[tuple[Row, int]] = field(default_factory=list)
    blobs: list[tuple[Row, bytes]] = field(default_factory=list)
    events: list[tuple[Row, IssueUpdate, int]] = field(default_factory=list)
    outcomes: Counter[Key] = field(default_factory=Counter)
    received: float = 0.0
    items: int = 0

    def drop_events(self, is_duplicate: Callable[[Row, int], bool]) -> None:
        """Take out the events that were stored before, and count them."""
        keep = []
        for row, update, position in self.events:
            if is_duplicate(row, position):
                hour = int(update.received) // 3600 * 3600
                project = update.project_id
                category = update.category
                self.outcomes[Key(project, category, "accepted", "", hour)] -= 1
                reason = DropReason.DUPLICATE
                self.outcomes[Key(project, category, reason.outcome, reason.reason, hour)] += 1
            else:
                keep.append((row, update, position))
        self.events = keep

    def updates(self) -> list[IssueUpdate]:
        """The events' meaning for their issues, one update per group."""
        merged: dict[tuple[int, int], IssueUpdate] = {}
        for _, update, _ in self.events:
            key = (update.project_id, update.group_id)
            held = merged.get(key)
            if held is None:
                merged[key] = update
            else:
                held.absorb(update)
        return list(merged.values())

    def tables(self) -> list[Rows]:
        """All rows by table, each with writer and position; outcomes lie at the last record."""
        by_table: dict[str, Rows] = {}
        for row, position in [*self.rows, *((row, at) for row, _, at in self.events)]:
            self._add(by_table, row.table, row.values, position)
        for key, quantity in self.outcomes.items():
            if quantity:
                values = {
                    "project_id": key.project_id,
                    "quantity": quantity,
                    "category": key.category,
                    "outcome": key.outcome,
                    "reason": key.reason,
                    "timestamp": key.hour * 1_000_000,
                }
                self._add(by_table, OUTCOMES, values, self.last)
        return list(by_table.values())

    def _add(
        self, by_table: dict[str, Rows], table: Table, values: dict[str, object], position: int
    ) -> None:
        values["writer"] = self.writer
        values["position"] = position
        rows = by_table.get(table.name)
        if rows is None:
            rows = by_table[table.name] = Rows(table)
        rows.add(values)


class Timings:
    """CPU-near time per step, in seconds, and how often it ran; read by the metrics page."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(
            ("split", *(step.__name__ for step in STEPS), "store", "metadata"), 0.0
        )
        self.items = 0


def process(
    records: Iterable[Record], writer: str, context: Context, timings: Timings
) -> tuple[Batch, list[tuple[Record, Exception]]]:
    """Run records through the steps. Returns the batch and the records that failed.

    Raises DomainUnavailable: then no record is to blame.
    """
    batch = Batch(writer)
    failed: list[tuple[Record, Exception]] = []
    for record in records:
        batch.end, batch.last = record.end, record.start
        mark = (len(batch.rows), len(batch.blobs), len(batch.events), Counter(batch.outcomes))
        try:
            _process_record(record, batch, context, timings)
        except DomainUnavailable:
            raise
        except Exception as error:
            del batch.rows[mark[0] :], batch.blobs[mark[1] :], batch.events[mark[2] :]
            batch.outcomes = mark[3]
            failed.append((record, error))
    return batch, failed


def _process_record(record: Record, batch: Batch, context: Context, timings: Timings) -> None:
    meta = decode_meta(record.meta)
    batch.received = max(batch.received, meta.received)
    if meta.kind == "outcomes":
        for refusal in decode_refusals(record.body):
            key = Key(
                refusal.project_id,
                refusal.category,
                refusal.outcome,
                refusal.reason,
                refusal.hour,
            )
            batch.outcomes[key] += refusal.quantity
        return
    started = time.perf_counter()
    hour = int(meta.received) // 3600 * 3600
    try:
        items = _split(record, meta)
    except (EncodingError, MalformedEnvelope):
        reason = DropReason.MALFORMED
        batch.outcomes[Key(meta.project_id, "default", reason.outcome, reason.reason, hour)] += 1
        return
    timings.seconds["split"] += time.perf_counter() - started
    for item in items:
        _process_item(item, batch, context, timings, hour)


def _split(record: Record, meta: Meta) -> list[RawItem]:
    body = inflate(record.body, meta.encoding.encode("latin-1"), _INFLATE_LIMIT)
    headers, offset = read_headers(body)
    return [
        RawItem(meta, headers, item.header, item.payload(body), record.start)
        for item in walk_items(body, offset)
    ]


def _process_item(
    item: RawItem, batch: Batch, context: Context, timings: Timings, hour: int
) -> None:
    work = Work(item, kind_of(item.header.type))
    category = category_of(item.header.type)
    quantity = quantity_of(item.header.type, item.header.item_count)
    clock = time.perf_counter
    seconds = timings.seconds
    batch.items += 1
    timings.items += 1
    for step in STEPS:
        started = clock()
        result = step(work, context)
        seconds[step.__name__] += clock() - started
        if isinstance(result, Drop):
            outcome, reason = result.reason.value
            key = Key(item.meta.project_id, category, outcome, result.detail or reason, hour)
            batch.outcomes[key] += quantity
            return
    _collect(work, batch, category, quantity, hour)


def _collect(work: Work, batch: Batch, category: str, quantity: int, hour: int) -> None:
    parsed, position = work.parsed, work.item.position
    project_id = work.item.meta.project_id
    for counted in parsed.counted:
        _count(batch, project_id, counted, hour)
    if work.update is not None:
        work.update.category = category
        batch.events.append((parsed.rows[-1], work.update, position))
    else:
        batch.rows.extend((row, position) for row in parsed.rows)
    if parsed.blob is not None:
        batch.blobs.append((parsed.rows[0], parsed.blob))
    if category == "internal":
        return
    is_kept = "" in work.kind.types
    outcome = Outcome.KEPT if is_kept else Outcome.ACCEPTED
    batch.outcomes[Key(project_id, category, outcome.value, "", hour)] += quantity


def _count(batch: Batch, project_id: int, counted: Counted, hour: int) -> None:
    key = Key(project_id, counted.category, counted.outcome, counted.reason, hour)
    batch.outcomes[key] += counted.quantity
