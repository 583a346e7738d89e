"""The owner of store and metadata: takes batches from digesters and commits them, once each.

Order makes it safe: blobs (written while digesting), then ids and store, then one metadata
transaction with the position. After a crash records are digested again from the position
that the store holds for certain; what store or metadata hold already is skipped by position.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from vedette.blobs import BlobFolder
from vedette.facts import EventSeen, Fact, UsageSeen
from vedette.items import tables as declared_tables
from vedette.items._columns import blob_columns
from vedette.outcome import DropReason
from vedette.pipeline.batch import Handover, Once, OutcomeKey
from vedette.pipeline.domain import Domain
from vedette.pipeline.effects import facts_of, rows_of
from vedette.pipeline.settings import Settings
from vedette.sourcemaps.lookup import Found, Question
from vedette.spool import backlog, reader
from vedette.store.engine import EventId, Store
from vedette.store.errors import StoreError, StoreUnavailable
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion

log = logging.getLogger("vedette.pipeline")


class Places(msgspec.Struct, gc=False):
    """Where a writer's records stand.

    `applied`: up to there the metadata have reacted; `start`: from there on a digester must
    begin; `cuts`: positions at which a replayed batch must end.
    """

    applied: int
    start: int
    cuts: list[int]


class Owner(Protocol):
    """What a digester asks. Raises StoreError, DomainUnavailable, or OSError when it is away."""

    def places(self, writer: str) -> Places:
        """Where this writer's records stand."""
        ...

    def settings(self, version: str) -> Settings | None:
        """The projects' settings, or None if `version` is still true."""
        ...

    def commit(self, handover: Handover[Fact]) -> None:
        """Make a batch last. Raises BadRows if it can never be."""
        ...

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        """Which debug files there are for the images of an event, in order."""
        ...

    def artifacts(self, question: Question) -> list[Found]:
        """Which source maps there are for the scripts of an event, in order."""
        ...

    def artifacts_version(self, project_id: int) -> int:
        """The version of a project's uploaded files, as it is now; 0 for none."""
        ...

    def idle(self, writer: str) -> None:
        """There was nothing left to read of this writer."""
        ...

    def note(self, digester: str, status: dict[str, float]) -> None:
        """What a digester tells of itself, for the status pages."""
        ...


class StoreOwner:
    """The owner in its own process. Safe for threads; batches are committed in turn."""

    def __init__(
        self,
        store: Store,
        domain: Domain,
        spool_folder: Path,
        blobs: BlobFolder | None = None,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._domain = domain
        self._spool_folder = spool_folder
        self._tables = {table.name: table for table in declared_tables()}
        self._names_of_blobs = {
            table.name: names for table in declared_tables() if (names := blob_columns(table))
        }
        self._lock = threading.Lock()
        self._applied: dict[str, int] = {}
        self._caught_up: set[str] = set()
        self._is_closed = False
        self._settings: tuple[bytes, Settings] | None = None
        self._named_blobs: set[str] | None = None
        self.counts: Counter[str] = Counter(items=0, batches=0)
        self.digesters: dict[str, dict[str, float]] = {}
        self._note_what_is_lost()

    def places(self, writer: str) -> Places:
        """See `Owner`."""
        with self._lock:
            applied = self._applied[writer] = self._domain.position(writer)
            start = min(applied, self._store.replay_position(writer))
            cuts = sorted({*self._store.held_positions(writer)})
        folder = self._spool_folder / writer
        if folder.is_dir():
            backlog.note(folder, start)
        return Places(applied, start, cuts)

    def settings(self, version: str) -> Settings | None:
        """See `Owner`."""
        projects, wanted = dict(self._domain.settings()), self._domain.wanted()
        content = msgspec.msgpack.encode((projects, sorted(wanted)))
        with self._lock:
            if self._settings is None or self._settings[0] != content:
                number = int(self._settings[1].version) + 1 if self._settings else 1
                self._settings = (content, Settings(str(number), projects, wanted))
            held = self._settings[1]
        return None if held.version == version else held

    def commit(self, handover: Handover[Fact]) -> None:
        """See `Owner`."""
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable("the owner is stopping")
            writer = handover.writer
            applied = self._applied.get(writer)
            if applied is None:
                applied = self._applied[writer] = self._domain.position(writer)
            self._check_place(handover, applied)
            self._check_blobs(handover)
            self._collect(handover)
            outcomes = Counter(dict(handover.outcomes))
            gone = self._duplicates(handover, outcomes)
            rows = rows_of(handover, self._tables, gone, outcomes)
            self._store.append(rows, writer=writer, end=handover.end)
            if handover.end > applied:
                wants_usage = UsageSeen.__struct_config__.tag in self._domain.wanted()
                facts = facts_of(handover, gone, outcomes if wants_usage else {})
                self._domain.apply(facts, writer=writer, position=handover.end)
                self._applied[writer] = handover.end
            self.counts["items"] += handover.items
            self.counts["batches"] += 1

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        """See `Owner`."""
        return self._domain.symbols(question)

    def artifacts(self, question: Question) -> list[Found]:
        """See `Owner`."""
        return self._domain.artifacts(question)

    def artifacts_version(self, project_id: int) -> int:
        """See `Owner`."""
        return self._domain.artifacts_version(project_id)

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """No batch is committed while the block runs; keep it short."""
        with self._lock:
            yield

    @contextmanager
    def noting_blobs(self) -> Iterator[set[str]]:
        """The blobs that batches name while the block runs; one block at a time."""
        with self._lock:
            held = self._named_blobs = set()
        try:
            yield held
        finally:
            self._named_blobs = None

    def close(self) -> None:
        """Let the commit at hand end and take no other."""
        with self._lock:
            self._is_closed = True

    def idle(self, writer: str) -> None:
        """See `Owner`."""
        self._caught_up.add(writer)

    def note(self, digester: str, status: dict[str, float]) -> None:
        """See `Owner`."""
        self.digesters[digester] = status

    def checkpoint(self) -> None:
        """Make what was committed part of the day files, and forget the spool before it."""
        self._store.checkpoint()
        writers = backlog.writers(self._spool_folder)
        if all(folder.name in self._caught_up for folder in writers):
            self._store.end_healing()
        for folder in writers:
            applied = self._applied.get(folder.name)
            if applied is not None:
                done = min(self._store.safe_position(folder.name), applied)
                reader.remove_before(folder, done)
                reader.empty(folder, done)

    def _note_what_is_lost(self) -> None:
        """What a process before held in memory only is to be digested again: it is backlog."""
        for folder in backlog.writers(self._spool_folder):
            position = self._store.safe_position(folder.name)
            backlog.note(folder, min(position, backlog.consumed(folder)))

    def _check_place(self, handover: Handover[Fact], applied: int) -> None:
        """Refuse a batch of which store or metadata hold a part: a part cannot be skipped.

        Raises StoreUnavailable: whoever sent it asks where things stand. It happens when two
        digesters work on the same folder, or a batch comes again whose answer was lost.
        """
        held = self._store.held_positions(handover.writer)
        is_torn = handover.start < applied < handover.end or any(
            handover.start <= position < handover.last for position in held
        )
        if is_torn:
            raise StoreUnavailable(f"a part of the batch of {handover.writer} is there already")

    def _check_blobs(self, handover: Handover[Fact]) -> None:
        """Whether the bytes that rows name are there: they may have gone since they were put, with
        the last row that named them. Raises StoreUnavailable; digested again they are put again.
        """
        names = {name for column in self._blob_columns(handover) for name in column if name}
        if self._named_blobs is not None:
            self._named_blobs |= names
        if self._blobs is not None:
            for name in names:
                if not self._blobs.has(name):
                    raise StoreUnavailable("bytes of the batch were deleted meanwhile")

    def _blob_columns(self, handover: Handover[Fact]) -> Iterator[list[str | None]]:
        for table, columns in handover.tables.items():
            for name in self._names_of_blobs.get(table, ()):
                yield columns.get(name, [])

    def _collect(self, handover: Handover[Fact]) -> None:
        """Put events that may not make an issue of their own into a shared group."""
        places = [
            (once, index)
            for once in handover.once
            for index in once.facts
            if isinstance(handover.facts[index], EventSeen)
        ]
        events = [handover.facts[index] for _, index in places]
        for (once, index), event in zip(places, self._domain.collect(events), strict=True):  # type: ignore[arg-type]
            if event is handover.facts[index]:
                continue
            handover.facts[index] = event
            for table, row in once.rows:
                columns = handover.tables[table]
                if "group_id" in columns:
                    columns["group_id"][row] = event.group_id

    def _duplicates(self, handover: Handover[Fact], outcomes: Counter[OutcomeKey]) -> list[Once]:
        """The items that are there already; they are counted as such."""
        if not handover.once:
            return []
        ids = [EventId(once.project_id, once.identity, once.position) for once in handover.once]
        try:
            found = self._store.claim_ids(ids, writer=handover.writer)
        except StoreError:
            log.exception("duplicates cannot be looked up; the batch is taken as it is")
            return []
        gone = [handover.once[index] for index in found]
        for once in gone:
            key = OutcomeKey(*once.key)
            outcomes[key] -= once.quantity
            for reported, quantity in once.reported:
                outcomes[OutcomeKey(*reported)] -= quantity
            if once.kept_as is not None:  # a second reading of a kept item leaves no trace
                category, quantity = once.kept_as
                outcomes[key._replace(category=category, outcome="kept", reason="")] += quantity
                continue
            reason = DropReason.DUPLICATE
            outcomes[key._replace(outcome=reason.outcome, reason=reason.reason)] += once.quantity
        return gone
