"""The pipeline in this process, on a temporary folder, with the metadata in memory."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vedette import clock, items
from vedette.blobs import BlobFolder
from vedette.blobs.packed import PackedFolder
from vedette.facts import EventSeen, Fact
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.loop import Digester
from vedette.pipeline.owner import StoreOwner
from vedette.pipeline.settings import ProjectSettings
from vedette.sealing.sealer import Sealer
from vedette.sourcemaps.lookup import Found, Question
from vedette.sourcemaps.symbolicator import Symbolicator
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.writer import SpoolWriter
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.visible import VisibleProjects
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion
from vedette.symbols.reader import SymbolReader
from vedette.wire.envelope import build_envelope

FAR = 1 << 52


class Metadata:
    """Implements `Domain`; `fail` raises once instead of committing."""

    def __init__(self) -> None:
        self.projects = {1, 2}
        self.positions: dict[str, int] = {}
        self.counts: Counter[tuple[int, int]] = Counter()
        self.fail: list[Exception] = []

    def position(self, writer: str) -> int:
        return self.positions.get(writer, 0)

    def collect(self, events: Sequence[EventSeen]) -> list[EventSeen]:
        return list(events)

    def apply(self, facts: Sequence[Fact], *, writer: str, position: int) -> None:
        if self.fail:
            raise self.fail.pop(0)
        for fact in facts:
            if isinstance(fact, EventSeen):
                self.counts[(fact.project_id, fact.group_id)] += fact.count
        self.positions[writer] = position

    def settings(self) -> Mapping[int, ProjectSettings]:
        return dict.fromkeys(self.projects, ProjectSettings())

    def artifacts(self, question: Question) -> list[Found]:
        raise AssertionError("these projects have no files")

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        raise AssertionError("these projects have no files")

    def artifacts_version(self, project_id: int) -> int:
        return 0

    def wanted(self) -> frozenset[str]:
        return frozenset({"event"})


class Pipe:
    """Everything between the spool and the store; `restart` is a crash and a new process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.metadata = Metadata()
        self.dead = DeadLetters(folder / "dead", Sealer(folder))
        self.open()

    def open(self) -> None:
        self.store = DuckStore(
            self.folder / "store", items.tables(), memory_bytes=128 << 20, threads=1
        )
        self.owner = StoreOwner(self.store, self.metadata, self.folder / "spool")
        self.digester = self.make_digester()

    def make_digester(self) -> Digester:
        """A process that digests."""
        return Digester(
            spool_folder=self.folder / "spool",
            bell=self.folder / "bell",
            owner=self.owner,
            blobs=BlobFolder(self.folder / "blobs"),
            context=self.make_context(),
            dead=self.dead,
            overlaps=False,
        )

    def make_context(self) -> Context:
        """What the steps may use; uploaded files lie in `artifacts` of the folder."""
        blobs = PackedFolder(self.folder / "artifacts")
        return Context(
            self.owner.settings,
            max_event_bytes=1 << 20,
            symbolicator=Symbolicator(
                self.owner.artifacts, blobs, version_of=self.owner.artifacts_version
            ),
            symbols=SymbolReader(self.owner.symbols, blobs),
        )

    def restart(self) -> None:
        """End without a checkpoint, as after a kill, and start again."""
        self.crash()
        self.open()

    def crash(self) -> None:
        self.digester.close()
        self.store.abandon()

    def spool(
        self,
        *envelopes: bytes,
        project: int = 1,
        event_ids: Sequence[str] = (),
        delivery: str = "",
    ) -> None:
        """Append envelopes as the door does."""
        records = []
        for envelope in envelopes:
            event_id = json.loads(envelope.partition(b"\n")[0]).get("event_id", "")
            meta = Meta(project, clock.timestamp(), event_id=event_id, delivery=delivery)
            records.append((meta, envelope))
        self.spool_records(*records)

    def spool_records(self, *records: tuple[Meta, bytes]) -> None:
        """Append records as they are."""

        async def run() -> None:
            writer = SpoolWriter(self.folder / "spool" / "web", segment_bytes=1 << 20)
            writer.start(asyncio.get_running_loop())
            for meta, envelope in records:
                await writer.append(encode_meta(meta), envelope)
            await writer.stop()

        asyncio.run(run())

    def note(self, kind: str, body: bytes) -> None:
        """Append what the door writes beside envelopes."""

        async def run() -> None:
            writer = SpoolWriter(self.folder / "spool" / "web", segment_bytes=1 << 20)
            writer.start(asyncio.get_running_loop())
            await writer.append(encode_meta(Meta(0, clock.timestamp(), kind=kind)), body)
            await writer.stop()

        asyncio.run(run())

    def work(self) -> None:
        """Take batches until there is nothing left."""
        while self.digester.work_once():
            pass

    def ids(self) -> list[str]:
        """The ids of all stored events, sorted; one that is stored twice is there twice."""
        select = q.Select(
            table="errors",
            projects=VisibleProjects.of_system(),
            columns={"id": q.Field("event_id")},
            start=0,
            end=FAR,
            limit=1 << 20,
        )
        return sorted(row[0] for row in self.store.query(select).rows)

    def rows(self, table: str, *names: str) -> list[dict[str, Any]]:
        """Columns of every row of a table, in the order of the first."""
        select = q.Select(
            projects=VisibleProjects.of_system(),
            table=table,
            columns={name: q.Field(name) for name in names},
            start=0,
            end=FAR,
            order_by=[q.Order(names[0])],
        )
        return self.store.query(select).dicts()

    def count(self, table: str) -> int:
        """How many rows a table holds."""
        select = q.Select(
            projects=VisibleProjects.of_system(),
            table=table,
            columns={"n": q.count()},
            start=0,
            end=FAR,
        )
        return int(self.store.query(select).rows[0][0])

    def outcomes(self) -> dict[tuple[str, str], int]:
        """Counts by (category, outcome), zeros left out."""
        select = q.Select(
            table="outcomes",
            projects=VisibleProjects.of_system(),
            columns={
                "category": q.Field("category"),
                "outcome": q.Field("outcome"),
                "n": q.call("sum", q.Field("quantity")),
            },
            start=0,
            end=FAR,
            group_by=["category", "outcome"],
            limit=1000,
        )
        return {(row[0], row[1]): int(row[2]) for row in self.store.query(select).rows if row[2]}


def event(event_id: str = "", *, age_days: float = 0, **fields: Any) -> bytes:
    """An envelope with one small error."""
    event_id = event_id or uuid.uuid4().hex
    payload = {"timestamp": time.time() - age_days * 86400, "message": "lamp fell", **fields}
    return build_envelope(
        {"event_id": event_id}, [({"type": "event"}, json.dumps(payload).encode())]
    )


def id_of(envelope: bytes) -> str:
    """The event id of an envelope."""
    found: str = json.loads(envelope.partition(b"\n")[0])["event_id"]
    return found
