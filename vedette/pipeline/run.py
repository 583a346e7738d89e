"""One batch through the steps: records in, a batch to be committed out.

Blobs are written on the way, so that a batch holds no large bytes. A record that makes a
step fail is left to the caller; its neighbours are not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import msgspec
import xxhash

from vedette.facts import Fact, KeyUsed, VolumeSeen
from vedette.items import Blob, Counted, RawItem, kind_of
from vedette.outcome import TAKEN, Drop, DropReason, Outcome
from vedette.pipeline import steps
from vedette.pipeline.batch import Batch, Once, OutcomeKey
from vedette.pipeline.context import Context
from vedette.pipeline.crashes import find_crash, read_crash, takes_crash
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.inbound import along_with_events, inbound_filters, written_filters
from vedette.pipeline.sampled import sample
from vedette.pipeline.storms import spikes, storms
from vedette.pipeline.symbolicate import symbolicate
from vedette.pipeline.symbols import name_symbols
from vedette.pipeline.watch import watch
from vedette.pipeline.work import Work
from vedette.spool.meta import (
    Meta,
    Use,
    decode_meta,
    decode_refusals,
    decode_uses,
    encode_meta,
)
from vedette.spool.segment import Record
from vedette.store.errors import StoreError
from vedette.wire.encodings import EncodingError, inflate
from vedette.wire.envelope import ItemHeader, MalformedEnvelope, read_headers, walk_items

Step = Callable[[Work, Context], Work | Drop]

STEPS: tuple[Step, ...] = (
    steps.filter,
    spikes,
    read_crash,
    steps.scrub,
    steps.read,
    steps.normalise,
    inbound_filters,
    sample,
    symbolicate,
    name_symbols,
    steps.group,
    steps.enrich,
    written_filters,
    storms,
    steps.conclude,
    watch,
)

BATCH_BYTES = 8 << 20  # what rows and facts of one batch may take, about
BATCH_SECONDS = 1.0  # that one is computed, as those of other folders wait meanwhile
_SURROUNDINGS = (DomainUnavailable, StoreError, OSError)  # what fails for no record's fault
_INFLATE_LIMIT = 256 << 20
_ROW_BYTES = 4096
_TIMED = 8  # one item of so many is timed, and stands for all


class Timings:
    """Time per step, in seconds, and how often it ran; read by the metrics page.

    Of the steps one of some items is timed: to look at the clock costs as much as a short step.
    """

    def __init__(self) -> None:
        names = ("split", *(step.__name__ for step in STEPS), "blobs", "commit")
        self.seconds = dict.fromkeys(names, 0.0)
        self.items = 0


class Processor:
    """Runs records through the steps. For one thread.

    `put_blob` stores bytes and returns their name; what it raises is no record's fault.
    """

    def __init__(self, context: Context, put_blob: Callable[[bytes], str]) -> None:
        self.context = context
        self.timings = Timings()
        self._put_blob = put_blob

    def process(
        self, records: Iterable[Record], writer: str
    ) -> tuple[Batch, list[tuple[Record, Exception]]]:
        """The batch of the first of these records, as many as fit, and what failed.

        `batch.end` tells how far it came. An item that makes a step fail costs nothing else:
        it is given back as a record that holds it alone. Raises DomainUnavailable, StoreError
        and OSError: then no record is to blame.
        """
        batch: Batch | None = None
        started = time.monotonic()
        failed: list[tuple[Record, Exception]] = []
        for record in records:
            if batch is None:
                batch = Batch(writer, record.start)
            batch.end, batch.last = record.end, record.start
            try:
                works, outcomes, facts = self._run(record)
            except _SURROUNDINGS:
                raise
            except Exception as error:
                failed.append((record, error))
                continue
            if outcomes:
                batch.outcomes.update(outcomes)
            batch.facts += facts
            self._collect([work for work in works if work.error is None], batch, record.start)
            failed += [
                (_alone(work, record), work.error) for work in works if work.error is not None
            ]
            if batch.held_bytes >= BATCH_BYTES or time.monotonic() - started >= BATCH_SECONDS:
                break
        assert batch is not None, "there is at least one record"
        return batch, failed

    def _run(self, record: Record) -> tuple[list[Work], dict[OutcomeKey, int], list[Fact]]:
        """What a record's items come to, and what belongs to none; nothing is written."""
        meta = decode_meta(record.meta)
        outcomes: dict[OutcomeKey, int] = {}
        if meta.kind == "outcomes":
            for one in decode_refusals(record.body):
                key = OutcomeKey(one.project_id, one.category, one.outcome, one.reason, one.hour)
                outcomes[key] = outcomes.get(key, 0) + one.quantity
            return [], outcomes, []
        if meta.kind == "uses":
            return [], outcomes, [_used(one) for one in decode_uses(record.body)]
        started = time.perf_counter()
        works: list[Work] = []
        try:
            for item in _split(record, meta):
                self.timings.seconds["split"] += time.perf_counter() - started
                works.append(self._steps(item))
                started = time.perf_counter()
        except (EncodingError, MalformedEnvelope):
            outcomes[_key(meta, "default", *DropReason.MALFORMED.value)] = 1
        if len(works) > 1:
            along_with_events(works)
        return works, outcomes, []

    def _steps(self, item: RawItem) -> Work:
        work = Work(item, kind_of(item.header.type), raw=item.payload)
        clock, seconds = time.perf_counter, self.timings.seconds
        is_timed = self.timings.items % _TIMED == 0
        self.timings.items += 1
        for step in STEPS:
            started = clock() if is_timed else 0.0
            try:
                result = step(work, self.context)
            except _SURROUNDINGS:
                raise
            except Exception as error:
                work.error = error
                break
            if is_timed:
                seconds[step.__name__] += (clock() - started) * _TIMED
            if result is not work and isinstance(result, Drop):
                work.dropped = result
                break
        return work

    def _collect(self, works: list[Work], batch: Batch, position: int) -> None:
        for work in works:
            for blob in work.effects.blobs if work.is_stored else ():
                self._put(blob)
            _add(work, batch, position, self.context)

    def _put(self, blob: Blob) -> None:
        started = time.perf_counter()
        blob.row.values[blob.column] = self._put_blob(blob.data)
        blob.data = b""
        self.timings.seconds["blobs"] += time.perf_counter() - started


def _used(use: Use) -> KeyUsed:
    return KeyUsed(**msgspec.structs.asdict(use))


def _alone(work: Work, record: Record) -> Record:
    """A record that holds the item as it came, and nothing of its neighbours."""
    item = work.item
    header = msgspec.json.decode(item.header_line) if item.header_line else {}
    line = msgspec.json.encode({**header, "type": item.header.type, "length": len(work.raw)})
    body = b"\n".join((item.envelope_line or b"{}", line, work.raw)) + b"\n"
    meta = msgspec.structs.replace(item.meta, encoding="", inflated_bytes=len(body))
    return Record(record.start, record.end, encode_meta(meta), body)


def _split(record: Record, meta: Meta) -> Iterator[RawItem]:
    """The items of a record. Raises EncodingError and MalformedEnvelope."""
    body = inflate(record.body, meta.encoding.encode("latin-1"), _INFLATE_LIMIT)
    headers, offset = read_headers(body)
    envelope_line = body[: offset - 1]
    after = offset
    items = list(walk_items(body, offset))
    crash = find_crash(items, body)
    for ordinal, item in enumerate(items):
        is_its = crash is not None and takes_crash(item)
        yield RawItem(
            meta,
            headers,
            item.header,
            item.payload(body),
            record.start,
            ordinal,
            envelope_line,
            body[after : item.start].strip(),
            crash if is_its else None,
        )
        after = item.end
        if is_its:
            crash = None
    if crash is not None:  # it came without an event
        header = ItemHeader("event")
        yield RawItem(
            meta, headers, header, b"{}", record.start, len(items), envelope_line, b"", crash
        )


def _add(work: Work, batch: Batch, position: int, context: Context) -> None:
    """What an item came to, as rows, facts and counts of the batch."""
    batch.items += 1
    rows: list[tuple[str, int]] = []
    facts: list[int] = []
    if work.dropped is None:
        rows, facts = _add_effects(work, batch, position, context)
    meta = work.item.meta
    key, quantity = _outcome(work), work.quantity
    if key is not None and quantity:
        batch.count(key, quantity)
        if key.outcome in TAKEN and not meta.was_let_in and context.wants(VolumeSeen):
            batch.weigh(key.project_id, key.category, meta.received, quantity, len(work.raw))
    origin = meta.origin
    if origin is not None and key is not None:  # read again: it no longer counts as kept
        batch.count(_key(meta, origin.category, Outcome.KEPT.value, ""), -origin.quantity)
        once = Once(meta.project_id, origin.identity, position, key, quantity, rows, facts)
        once.kept_as = (origin.category, origin.quantity)
        batch.once.append(once)
    elif identity := _identity(work):
        once_key = key or _key(meta, work.kind.category, Outcome.ACCEPTED.value, "")
        counted = quantity if key is not None else 0
        once = Once(meta.project_id, identity, position, once_key, counted, rows, facts)
        if work.dropped is None:
            once.reported = [
                (_counted_key(meta, one), one.quantity) for one in work.effects.outcomes
            ]
        batch.once.append(once)


def _identity(work: Work) -> str:
    """What makes the item the only one: its own id, or its place in what a relay delivers.

    An id that was made here is another at the second delivery.
    """
    meta = work.item.meta
    own = work.identity if work.dropped is None else ""
    if not meta.delivery or (own and meta.event_id):
        return own
    return xxhash.xxh3_128_hexdigest(f"{meta.delivery} {work.item.ordinal}".encode())


def _add_effects(
    work: Work, batch: Batch, position: int, context: Context
) -> tuple[list[tuple[str, int]], list[int]]:
    """Where the item's rows and facts lie in the batch; facts that nobody answers are left out."""
    effects = work.effects
    batch.held_bytes += len(work.payload) // 4 + _ROW_BYTES * (len(effects.rows) + 1)
    for counted in effects.outcomes:
        batch.count(_counted_key(work.item.meta, counted), counted.quantity)
    return (
        [] if work.is_counted_only else [batch.add_row(row, position) for row in effects.rows],
        [batch.add_fact(fact) for fact in effects.facts if context.wants(type(fact))],
    )


def _outcome(work: Work) -> OutcomeKey | None:
    """What the item counts as; None for what is only about counts, and for the past."""
    meta, kind = work.item.meta, work.kind
    if work.dropped is not None:
        outcome, reason = work.dropped.reason.value
        return _key(meta, kind.category, outcome, work.dropped.detail or reason)
    if kind.category == "internal" or meta.past is not None:  # no client has sent that
        return None
    if work.is_counted_only:
        return _key(meta, kind.category, *DropReason.STORM.value)
    outcome = (Outcome.KEPT if kind.is_kept else Outcome.ACCEPTED).value
    return _key(meta, kind.category, outcome, "")


def _counted_key(meta: Meta, counted: Counted) -> OutcomeKey:
    return _key(meta, counted.category, counted.outcome, counted.reason)


def _key(meta: Meta, category: str, outcome: str, reason: str) -> OutcomeKey:
    hour = int(meta.received) // 3600 * 3600
    return OutcomeKey(meta.project_id, category, outcome, reason, hour)
