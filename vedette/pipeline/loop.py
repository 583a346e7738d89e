"""The pipeline's loop: spool → steps → store → metadata → position, exactly once.

Order makes it safe: blobs, then the store, then one metadata transaction with the position.
After a crash records are read again from the position; what the store or the metadata hold
already is skipped by position. Batches never straddle such a held position.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vedette.blobs import BlobFolder
from vedette.pipeline.attempts import Attempts
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.domain import Domain, DomainUnavailable
from vedette.pipeline.drop import DropReason
from vedette.pipeline.run import Batch, Key, Timings, process
from vedette.spool import backlog
from vedette.spool.bell import Bell
from vedette.spool.meta import decode_meta
from vedette.spool.reader import SpoolReader
from vedette.spool.segment import Record
from vedette.store.engine import EventId, Store
from vedette.store.errors import BadRows, StoreError

log = logging.getLogger("vedette.pipeline")

BATCH_RECORDS = 1000
BATCH_BYTES = 8 << 20
_IDLE_SECONDS = 0.5
_REFRESH_SECONDS = 2.0
_CHECKPOINT_SECONDS = 60.0
_CHECKPOINT_BYTES = 512 << 20
_RETRY_SECONDS = 2.0
_HOUSE_SECONDS = 300.0
_MOST_STORE_FAILURES = 5


class Pipeline:
    """Runs in the worker's own thread; `stop` ends it after the batch at hand."""

    def __init__(
        self,
        *,
        spool_folder: Path,
        bell: Path,
        store: Store,
        blobs: BlobFolder,
        domain: Domain,
        context: Context,
        dead: DeadLetters,
        housekeeping: Callable[[], None] | None = None,
    ) -> None:
        self._spool_folder = spool_folder
        self._store = store
        self._blobs = blobs
        self._domain = domain
        self._context = context
        self._dead = dead
        self._housekeeping = housekeeping
        self._kept_house = float("-inf")
        self._readers: dict[str, SpoolReader] = {}
        self._applied: dict[str, int] = {}
        self._attempts: dict[str, Attempts] = {}
        self._stopping = threading.Event()
        self._refreshed = float("-inf")
        self._checkpointed = time.monotonic()
        self._has_caught_up = False
        self.timings = Timings()
        self.counts = {"records": 0, "items": 0, "batches": 0, "dead": 0}
        self._bell = Bell(bell)

    def run(self) -> None:
        """Work until `stop`; then checkpoint. Raises StoreError if the store stays broken."""
        store_failures = 0
        while not self._stopping.is_set():
            try:
                worked = self.work_once()
                store_failures = 0
            except Exception as error:
                log.exception("a batch could not be written; it is tried again")
                self._start_over()
                store_failures = store_failures + 1 if isinstance(error, StoreError) else 0
                if store_failures == _MOST_STORE_FAILURES:
                    raise  # an engine that has failed for good needs a new process
                self._stopping.wait(_RETRY_SECONDS)
                continue
            if not worked:
                self._bell.wait(_IDLE_SECONDS)
        self._checkpoint()
        self._start_over()
        self._bell.close()

    def stop(self) -> None:
        """Ask the loop to end."""
        self._stopping.set()

    def work_once(self) -> bool:
        """One batch per writer; False when there was nothing to do."""
        self._refresh()
        worked = False
        for folder in backlog.writers(self._spool_folder):
            reader = self._reader(folder)
            records = self._next_records(reader)
            if records:
                worked = True
                self._try(folder.name, records)
                backlog.note(folder, records[-1].end)
        self._has_caught_up = not worked or all(
            reader.position >= self._applied[name] for name, reader in self._readers.items()
        )
        self._checkpoint_if_due()
        self._keep_house()
        return worked

    def _reader(self, folder: Path) -> SpoolReader:
        reader = self._readers.get(folder.name)
        if reader is None:
            applied = self._domain.position(folder.name)
            start = min(applied, self._store.replay_position(folder.name))
            self._applied[folder.name] = applied
            self._attempts[folder.name] = Attempts(folder, applied)
            reader = self._readers[folder.name] = SpoolReader(folder, start)
        return reader

    def _next_records(self, reader: SpoolReader) -> list[Record]:
        """A batch, cut where store or metadata hold their last, and before what is suspected."""
        start = reader.position
        records = reader.read(BATCH_RECORDS, BATCH_BYTES)
        if not records:
            return records
        attempts = self._attempts[reader.folder.name]
        if attempts.is_suspect(records[0].start):
            reader.position = records[0].end
            return records[:1]
        cuts = self._store.held_positions(reader.folder.name)
        ends = {self._applied[reader.folder.name], attempts.suspected_from}
        for index, record in enumerate(records[:-1]):
            if record.start in cuts or record.end in ends:
                records = records[: index + 1]
                reader.position = record.end
                break
        assert records[0].start >= start
        return records

    def _start_over(self) -> None:
        """Forget what is known of the spool; it is looked up afresh."""
        self._readers.clear()
        for attempts in self._attempts.values():
            attempts.close()
        self._attempts.clear()

    def _try(self, writer: str, records: list[Record]) -> None:
        """Write a batch, unless it is the one record that kills every process."""
        with self._attempts[writer].trying(records[0].start, records[-1].end) as is_culprit:
            if is_culprit:
                error = RuntimeError("the process died each time while this record was at work")
                self._write_singly(writer, records, error, is_last_try=True)
            else:
                self._write(writer, records)

    def _write(self, writer: str, records: list[Record], *, is_last_try: bool = False) -> None:
        batch, failed = process(records, writer, self._context, self.timings)
        for record, error in failed:
            self._bury(writer, record, error, batch)
        try:
            self._commit(batch)
        except BadRows as error:
            self._write_singly(writer, records, error, is_last_try=is_last_try)
        except (StoreError, DomainUnavailable, OSError):
            raise  # the surroundings failed, not the batch
        except Exception as error:
            self._write_singly(writer, records, error, is_last_try=is_last_try)

    def _write_singly(
        self, writer: str, records: list[Record], error: Exception, *, is_last_try: bool
    ) -> None:
        """Take a batch that failed apart, so that one record costs its neighbours nothing."""
        if is_last_try:
            batch = Batch(writer, records[0].end, records[0].start)
            self._set_aside(writer, records[0], error, batch)
            self._commit(batch)
            return
        log.warning("a batch failed (%s); its records are taken one by one", error)
        for record in records:
            self._write(writer, [record], is_last_try=True)

    def _commit(self, batch: Batch) -> None:
        """The batch's effects, in the order that makes a crash harmless."""
        started = time.perf_counter()
        self._drop_duplicates(batch)
        for row, blob in batch.blobs:
            row.values["blob"] = self._blobs.put(blob)
        self._store.append(batch.tables(), writer=batch.writer, end=batch.end)
        stored = time.perf_counter()
        if batch.end > self._applied[batch.writer]:
            self._domain.apply(batch.updates(), writer=batch.writer, position=batch.end)
            self._applied[batch.writer] = batch.end
        self.timings.seconds["store"] += stored - started
        self.timings.seconds["metadata"] += time.perf_counter() - stored
        self.counts["items"] += batch.items
        self.counts["batches"] += 1

    def _drop_duplicates(self, batch: Batch) -> None:
        """Take out the events that came before; all stay if that cannot be looked up."""
        ids = [
            EventId(row.values["project_id"], row.values["event_id"], position)
            for row, _, position in batch.events
        ]
        try:
            found = self._store.claim_ids(ids, writer=batch.writer)
        except StoreError as error:
            log.error("duplicates are stored for now: %s", error)
            return
        twice = {id(batch.events[index][0]) for index in found}
        if twice:
            batch.drop_events(lambda row, _: id(row) in twice)

    def _bury(self, writer: str, record: Record, error: Exception, batch: Batch) -> None:
        """Set a poison record aside, after a second try, and count it."""
        again, failed = process([record], writer, self._context, self.timings)
        if not failed:
            batch.rows += again.rows
            batch.blobs += again.blobs
            batch.events += again.events
            batch.outcomes += again.outcomes
            return
        self._set_aside(writer, record, error, batch)

    def _set_aside(self, writer: str, record: Record, error: Exception, batch: Batch) -> None:
        """Put a record to the dead ones and count it, so that it is missed by nobody."""
        path = self._dead.put(writer, record, error)
        log.error("a record failed twice and lies in %s: %s", path.name, error)
        self.counts["dead"] += 1
        meta = decode_meta(record.meta)
        reason = DropReason.POISON
        hour = int(meta.received) // 3600 * 3600
        batch.outcomes[Key(meta.project_id, "default", reason.outcome, reason.reason, hour)] += 1

    def _refresh(self) -> None:
        if time.monotonic() - self._refreshed > _REFRESH_SECONDS:
            self._context.refresh()
            self._refreshed = time.monotonic()

    def _keep_house(self) -> None:
        """Run the retention, which must not meet an append, every few minutes."""
        if self._housekeeping and time.monotonic() - self._kept_house > _HOUSE_SECONDS:
            self._kept_house = time.monotonic()
            try:
                self._housekeeping()
            except Exception:
                log.exception("retention failed; it is tried again")

    def _checkpoint_if_due(self) -> None:
        elapsed = time.monotonic() - self._checkpointed
        if elapsed > _CHECKPOINT_SECONDS or (
            elapsed > 5 and self._kept_bytes() > _CHECKPOINT_BYTES
        ):
            self._checkpoint()

    def _kept_bytes(self) -> int:
        return sum(
            reader.position - self._store.safe_position(name)
            for name, reader in self._readers.items()
        )

    def _checkpoint(self) -> None:
        self._store.checkpoint()
        if self._has_caught_up:
            self._store.end_healing()
        self._checkpointed = time.monotonic()
        for name, reader in self._readers.items():
            reader.remove_before(min(self._store.safe_position(name), self._applied[name]))
