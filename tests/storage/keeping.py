"""A data folder with telemetry of many days, kept by the loops that the worker runs."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.pipeline.pipe import FAR, Pipe
from vedette.accounts.models import Organization
from vedette.blobs import BlobFolder
from vedette.config import Config
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.loops import House
from vedette.options import groups
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.owner import StoreOwner
from vedette.projects.models import Project
from vedette.reactions._domain import ReactingDomain
from vedette.sealing.sealer import Sealer
from vedette.store import query as q
from vedette.store.table import Rows, Table
from vedette.store.visible import VisibleProjects

DAY = 86400.0
_MICROS = 1_000_000


class Keeping(Pipe):
    """The pipeline with its metadata, two projects, and the house that loops work with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = Config(data=folder)
        self.metadata = ReactingDomain(self.config, issues_per_hour=0)  # type: ignore[assignment]
        self.dead = DeadLetters(folder / "dead", Sealer(folder))
        self._position = 1 << 40
        self.organization = Organization.objects.create(name="Acme", slug="acme")
        self.shop = self._project("shop")
        self.bank = self._project("bank")
        self.open()

    def open(self) -> None:
        super().open()
        self.owner = StoreOwner(
            self.store, self.metadata, self.folder / "spool", BlobFolder(self.folder / "blobs")
        )
        self.digester = self.make_digester()

    @property
    def house(self) -> House:
        """What loops work with."""
        return House(
            config=self.config,
            store=self.store,
            owner=self.owner,
            blobs=BlobFolder(self.folder / "blobs"),
            dead=self.dead,
        )

    def choose(self, group: str, *, project: Project | None = None, **chosen: Any) -> None:
        """Set options of a project or of the installation."""
        choose(Place(project=project), groups()[group], chosen, who="alice", via="form")

    def put(
        self, table: Table, project: Project, *, days_ago: float, count: int = 1, **values: Any
    ) -> None:
        """Rows as they would have come some days ago, a second apart."""
        rows = Rows(table)
        names = {column.name for column in table.columns}
        for number in range(count):
            at = int((time.time() - days_ago * DAY + number) * _MICROS)
            row = {"project_id": project.pk, "timestamp": at, "writer": "old"}
            row |= {"received": at} if "received" in names else {}
            if "event_id" in names:
                row["event_id"] = secrets.token_hex(16)
            self._position += 1
            rows.add({**row, "position": self._position, **values})
        self.store.append([rows], writer="old", end=self._position + 1)

    def put_file(self, table: Table, project: Project, *, days_ago: float, data: bytes) -> str:
        """A row that names bytes of its own; returns their name."""
        name = BlobFolder(self.folder / "blobs").put(data)
        column = "blob" if table.name == "attachments" else "body_blob"
        more: dict[str, Any] = {"category": "profile"} if table.name == "kept_items" else {}
        more |= {column: name, "size_bytes": len(data)}
        self.put(table, project, days_ago=days_ago, **more)
        return name

    def days(self, table: Table, project: Project) -> dict[int, int]:
        """How many rows there are, by how many days ago."""
        select = q.Select(
            projects=VisibleProjects.of_system(),
            table=table.name,
            columns={"at": q.Field("timestamp")},
            where=[q.Compare(q.Field("project_id"), "=", project.pk)],
            start=0,
            end=FAR,
        )
        now = time.time()
        found = (row[0] / _MICROS for row in self.store.query(select).rows)
        return dict(Counter(round((now - at) / DAY) for at in found))

    def _project(self, slug: str) -> Project:
        return Project.objects.create(organization=self.organization, name=slug, slug=slug)
