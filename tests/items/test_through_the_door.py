"""Every kind of item, from its sample at the real door to the store, search, and its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.doorway import Doorway
from tests.pipeline.pipe import FAR, Metadata
from vedette import clock, items
from vedette.blobs import BlobFolder
from vedette.items import ItemKind
from vedette.kinds import discover
from vedette.loops import House
from vedette.loops.retention import run as apply_retention
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.loop import Digester
from vedette.pipeline.owner import StoreOwner
from vedette.sealing.sealer import Sealer
from vedette.search import compile_event_search, parse
from vedette.search.fields import fields_of
from vedette.search.quoting import quote
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.table import ColumnType
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import new_event_id

MODULES = discover("vedette.items")
each = pytest.mark.parametrize("kind", [m.KIND for m in MODULES], ids=[m.__name__ for m in MODULES])
ALL = VisibleProjects.of_system()


class Way:
    """A door, a digester and a store on one folder."""

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.door = Doorway(folder / "data", runner)
        config = self.config = self.door.config
        metadata = Metadata()
        metadata.projects.add(42)
        self.store = DuckStore(
            config.store_folder, items.tables(), memory_bytes=64 << 20, threads=1
        )
        self.owner = StoreOwner(self.store, metadata, config.spool_folder)
        self.blobs = BlobFolder(config.blob_folder)
        self.dead = DeadLetters(folder / "dead", Sealer(folder))
        self.digester = Digester(
            spool_folder=config.spool_folder,
            bell=folder / "bell",
            owner=self.owner,
            blobs=self.blobs,
            context=Context(self.owner.settings, max_event_bytes=config.max_event_bytes),
            dead=self.dead,
            count=1,
            overlaps=False,
        )

    def send(self, envelope: bytes) -> None:
        """Through the door, and all the way."""
        assert self.door.send(body=envelope).status == 200
        while self.digester.work_once():
            pass
        assert self.dead.count() == 0

    def send_from_within(self, kind: ItemKind) -> None:
        """Into the spool, as a loop of the worker does; and all the way."""
        event_id = new_event_id()
        meta = Meta(42, time.time(), event_id=event_id, origin=Origin(event_id, kind.category, 0))
        with SpoolRun(self.config.spool_folder / "own") as spool:
            spool.append([(encode_meta(meta), kind.sample())])
        while self.digester.work_once():
            pass
        assert self.dead.count() == 0

    def rows(self, kind: ItemKind) -> list[tuple[str, dict[str, Any]]]:
        """What the kind's tables hold: table and row."""
        found: list[tuple[str, dict[str, Any]]] = []
        for table in kind.tables:
            names = [one.name for one in table.all_columns if one.type is not ColumnType.TAGS]
            select = q.Select(
                projects=ALL,
                table=table.name,
                columns={name: q.Field(name) for name in names},
                start=0,
                end=FAR,
            )
            found += [(table.name, row) for row in self.store.query(select).dicts()]
        return found

    def find(self, table: str, text: str) -> int:
        """How many rows of a table a search finds."""
        select = q.Select(
            projects=VisibleProjects.granted([42]),
            table=table,
            columns={"n": q.count()},
            where=[compile_event_search(parse(text), fields_of(table))],
            start=int((time.time() - 86400) * 1e6),
            end=int((time.time() + 86400) * 1e6),
        )
        return int(self.store.query(select).rows[0][0])

    def close(self) -> None:
        self.digester.close()
        self.store.close()
        self.door.run(self.door.door.stop())


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with asyncio.Runner() as runner:
        held = Way(tmp_path, runner)
        yield held
        held.close()


@each
def test_the_sample_goes_all_the_way_and_ends_with_its_retention(
    kind: ItemKind, way: Way, monkeypatch: pytest.MonkeyPatch, rollback: None
) -> None:
    """Accepted, counted, stored, found by every key it adds, and gone when its time is over."""
    if kind.is_own:
        way.send(kind.sample())
        assert way.rows(kind) == [], "a stranger may send what only the product may say"
        way.send_from_within(kind)
    else:
        way.send(kind.sample())
    rows = way.rows(kind)
    assert rows, "nothing was stored"
    for table, row in rows:
        for key, field in kind.fields.items():
            value = row.get(field.column)
            if not isinstance(value, str) or not value or field.column == "stack":
                continue
            assert way.find(table, f"{key}:{quote(value)}") >= 1, f"{key}:{quote(value)}"
    house: Any = House(
        config=way.config, store=way.store, owner=way.owner, blobs=way.blobs, dead=way.dead
    )
    monkeypatch.setattr("vedette.loops.retention._purge_removed_projects", lambda house: None)
    monkeypatch.setattr("vedette.loops.retention.believe_clock", lambda config: None)
    apply_retention(house)
    assert len(way.rows(kind)) == len(rows)
    way.store.flush()
    clock.turn(timedelta(days=way.config.retention_days + 2).total_seconds())
    try:
        apply_retention(house)
    finally:
        clock.turn(0)
    assert way.rows(kind) == []
