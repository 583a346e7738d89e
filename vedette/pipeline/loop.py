"""The digester's loop: spool → steps → owner, batch by batch, each record exactly once.

While one batch is committed by the owner the next one is computed. Whatever fails, the
loop asks the owner where things stand and goes on from there; a batch that cannot be
committed is taken record by record, and the record to blame is set aside.
"""

from __future__ import annotations

import logging
import resource
import threading
import time
import zlib
from pathlib import Path

from vedette.blobs import BlobFolder
from vedette.outcome import DropReason
from vedette.pipeline.attempts import Attempts
from vedette.pipeline.batch import Batch, OutcomeKey
from vedette.pipeline.committer import Committer
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.owner import Owner, Places
from vedette.pipeline.remote import OwnerAway
from vedette.pipeline.run import Processor
from vedette.spool import backlog
from vedette.spool.bell import Bell
from vedette.spool.meta import decode_meta
from vedette.spool.reader import SpoolReader
from vedette.spool.segment import Record
from vedette.store.errors import BadRows, StoreError

log = logging.getLogger("vedette.pipeline")

BATCH_RECORDS = 1000
READ_BYTES = 4 << 20
_IDLE_SECONDS = 0.5
_REFRESH_SECONDS = 2.0
_RETRY_SECONDS = 1.0
_MOST_TRIES = 3


class _Folder:
    """One writer's folder and how far it has been read."""

    def __init__(self, path: Path, places: Places) -> None:
        self.path = path
        self.name = path.name
        self.places = places
        self.reader = SpoolReader(path, places.start)
        self.attempts = Attempts(path, places.start)
        self.is_idle = False


class Digester:
    """Runs in a thread of its own; `stop` ends it after the batch at hand.

    It takes the folders of its share: those whose number, modulo `count`, is `index`.
    """

    def __init__(
        self,
        *,
        spool_folder: Path,
        bell: Path,
        owner: Owner,
        blobs: BlobFolder,
        context: Context,
        dead: DeadLetters,
        index: int = 0,
        count: int = 1,
        overlaps: bool = True,
    ) -> None:
        self._spool_folder = spool_folder
        self._owner = owner
        self._context = context
        self._dead = dead
        self._index, self._count = index, count
        self._blobs = blobs
        self.processor = Processor(context, blobs.put)
        self._committer = Committer() if overlaps else None
        self._folders: dict[str, _Folder] = {}
        self._careful: dict[str, int] = {}
        self._tries: dict[tuple[str, int, int], int] = {}
        self._stopping = threading.Event()
        self._refreshed = float("-inf")
        self.dead_records = 0
        self._bell = Bell(bell)

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            try:
                worked = self.work_once()
            except Exception as error:
                if isinstance(error, OwnerAway):
                    log.info("the owner is away; its return is awaited: %s", error)
                else:
                    log.exception("a batch could not be committed; it is tried again")
                self.start_over()
                self._stopping.wait(_RETRY_SECONDS)
                continue
            if not worked:
                self._bell.wait(_IDLE_SECONDS)
        self.close()

    def stop(self) -> None:
        """Ask the loop to end."""
        self._stopping.set()

    def note_status(self) -> None:
        """Tell the owner how it goes; it may be away."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        timings = self.processor.timings
        status = {f"step:{name}": seconds for name, seconds in timings.seconds.items()}
        status |= {"cpu_seconds": usage.ru_utime + usage.ru_stime, "step_items": timings.items}
        try:
            self._owner.note(str(self._index), status)
        except (StoreError, OSError) as error:
            log.debug("the owner is away: %s", error)

    def close(self) -> None:
        """End the committing thread and hear no more."""
        self.start_over()
        if self._committer is not None:
            self._committer.close()
        self._bell.close()
        self._context.offenders.close()

    def work_once(self) -> bool:
        """One batch per folder of the share; False when there was nothing to do."""
        if time.monotonic() - self._refreshed > _REFRESH_SECONDS:
            self._context.refresh()
            self._refreshed = time.monotonic()
        worked = False
        for path in backlog.writers(self._spool_folder):
            if is_mine(path.name, self._index, self._count):
                worked = self._work_on(self._folder(path)) or worked
        if not worked and self._committer is not None:
            self._committer.wait()
        return worked

    def start_over(self) -> None:
        """Forget what is known of the spool and of groups; the owner is asked afresh."""
        self._context.met_groups.forget()
        if self._committer is not None:
            self._committer.forget()
        for folder in self._folders.values():
            folder.attempts.close()
        self._folders.clear()

    def _folder(self, path: Path) -> _Folder:
        held = self._folders.get(path.name)
        if held is None:
            held = self._folders[path.name] = _Folder(path, self._owner.places(path.name))
        return held

    def _work_on(self, folder: _Folder) -> bool:
        records = self._next_records(folder)
        if not records:
            if not folder.is_idle:
                if self._committer is not None:
                    self._committer.wait()
                self._owner.idle(folder.name)
                folder.is_idle = True
            return False
        if records[0].start < self._careful.get(folder.name, 0):
            self._take_singly(folder, records)
        else:
            self._careful.pop(folder.name, None)
            self._take(folder, records)
        return True

    def _next_records(self, folder: _Folder) -> list[Record]:
        """A batch, cut where store or metadata hold their last, and before what is suspected."""
        reader, places = folder.reader, folder.places
        records = reader.read(BATCH_RECORDS, READ_BYTES)
        if not records:
            return records
        if folder.attempts.is_suspect(records[0].start):
            records = records[:1]
        else:
            suspected = folder.attempts.suspected_from
            if records[0].start <= max(places.applied, suspected, *places.cuts):
                cuts, ends = set(places.cuts), {places.applied, suspected}
                for index, record in enumerate(records[:-1]):
                    if record.start in cuts or record.end in ends:
                        records = records[: index + 1]
                        break
        reader.position = records[-1].end
        return records

    def _take(self, folder: _Folder, records: list[Record]) -> None:
        """Compute a batch and hand it over; the rest of the records is read again."""
        start, end = records[0].start, records[-1].end
        with folder.attempts.trying(start, end) as is_culprit:
            if is_culprit:
                fault = RuntimeError("the process died each time while this record was at work")
                batch = self._without(folder, records[0], fault)
            else:
                batch, failed = self.processor.process(records, folder.name)
                for record, error in failed:
                    self._bury(record, error, batch)
        folder.reader.position = batch.end
        self._context.fields.save()
        if self._committer is None:
            self._commit(folder.path, batch)
        else:
            self._committer.submit(lambda: self._commit(folder.path, batch))

    def _take_singly(self, folder: _Folder, records: list[Record]) -> None:
        """Commit record by record, so that one costs its neighbours nothing."""
        if self._committer is not None:
            self._committer.wait()
        for record in records:
            fault = self._fault_of(folder, record)
            if fault is not None:
                batch = self._without(folder, record, fault)
            else:
                batch, failed = self.processor.process([record], folder.name)
                for one, error in failed:
                    self._bury(one, error, batch)
            self._context.fields.save()
            try:
                self._commit(folder.path, batch)
            except BadRows as error:
                self._commit(folder.path, self._without(folder, record, error))
            folder.reader.position = record.end

    def _fault_of(self, folder: _Folder, record: Record) -> Exception | None:
        """Why a record is set aside: the owner died of it alone, or refused it, a few times."""
        tries = self._tries.get((folder.name, record.start, record.end), 0)
        if tries < _MOST_TRIES:
            return None
        return RuntimeError(f"the owner could not commit this record in {tries} tries")

    def _commit(self, path: Path, batch: Batch) -> None:
        """Hand a batch over. One that fails again and again is taken apart at the next try."""
        started = time.perf_counter()
        place = (path.name, batch.start, batch.end)
        try:
            self._owner.commit(batch.handover())
        except BadRows:
            self._careful[path.name] = batch.end
            raise
        except Exception as error:
            is_surroundings = isinstance(error, StoreError | DomainUnavailable | OSError)
            if isinstance(error, OwnerAway) or not is_surroundings:
                self._tries[place] = self._tries.get(place, 0) + 1
                if self._tries[place] >= _MOST_TRIES:
                    self._careful[path.name] = batch.end
            raise
        self._tries.pop(place, None)
        backlog.note(path, batch.end)
        self.processor.timings.seconds["commit"] += time.perf_counter() - started

    def _bury(self, record: Record, error: Exception, batch: Batch) -> None:
        """Set a poison record aside, after a second try, and count it."""
        again, failed = self.processor.process([record], batch.writer)
        if failed:
            self._set_aside(record, error, batch)
        else:
            batch.absorb(again)

    def _without(self, folder: _Folder, record: Record, error: Exception) -> Batch:
        """A batch that holds nothing of the record but that it was set aside."""
        self._context.met_groups.forget()  # what the record told of them is lost with it
        batch = Batch(folder.name, record.start, record.end, record.start)
        self._set_aside(record, error, batch)
        return batch

    def _set_aside(self, record: Record, error: Exception, batch: Batch) -> None:
        """Put a record to the dead ones and count it, so that it is missed by nobody."""
        path = self._dead.put(batch.writer, record, error)
        log.error("a record could not be processed (%s) and lies in %s", _name(error), path.name)
        self.dead_records += 1
        meta = decode_meta(record.meta)
        reason = DropReason.POISON
        hour = int(meta.received) // 3600 * 3600
        batch.count(OutcomeKey(meta.project_id, "default", reason.outcome, reason.reason, hour), 1)


def _name(error: Exception) -> str:
    """The kind of error only: its text may hold data that is not scrubbed."""
    return type(error).__name__


def is_mine(name: str, index: int, count: int) -> bool:
    """Whether a writer's folder falls to digester `index` of `count`: by its number, if any."""
    _, _, number = name.rpartition("-")
    place = int(number) if number.isascii() and number.isdigit() else zlib.crc32(name.encode())
    return place % count == index
