"""A door, a digester and the metadata in one process: two projects of one organisation."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from tests.ingest.doorway import Answer, Doorway
from tests.pipeline.pipe import FAR
from vedette import clock, items
from vedette.accounts.models import Organization
from vedette.blobs import BlobFolder
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.ingest.keys import Key
from vedette.ingest.quota_source import read_standing
from vedette.options import groups
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.loop import Digester
from vedette.pipeline.owner import StoreOwner
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.reactions._domain import ReactingDomain
from vedette.sealing.sealer import Sealer
from vedette.spool.identity import identity_of
from vedette.store import query as q
from vedette.store.duck import DuckStore
from vedette.store.visible import VisibleProjects
from vedette.usage import normal
from vedette.usage.models import Usage
from vedette.usage.standing import _ask

KEYS = ("a" * 32, "b" * 32)
HOUR = 3600


class Installation:
    """Opened in a transaction that is rolled back; closed by its test."""

    def __init__(self, folder: Path, runner: asyncio.Runner, *, per_minute: int = 0) -> None:
        normal.forget()
        self.organization = Organization.objects.create(slug="acme", name="Acme")
        self.projects = [
            create_project(self.organization, name, "python") for name in ("Shop", "Web")
        ]
        self.door = Doorway(folder, runner)
        self.door.keys = {
            key: Key(project.pk, events_per_minute=per_minute)
            for key, project in zip(KEYS, self.projects, strict=True)
        }
        runner.run(self.door.door.keys._refresh())
        self._folder = folder
        self.store = DuckStore(folder / "store", items.tables(), memory_bytes=128 << 20, threads=1)
        self.domain = ReactingDomain(self.door.config, issues_per_hour=1000)
        self.open()

    def open(self) -> None:
        """A digester, as after a start."""
        self.owner = StoreOwner(self.store, self.domain, self.door.config.spool_folder)
        self.digester = Digester(
            spool_folder=self.door.config.spool_folder,
            bell=self._folder / "bell",
            owner=self.owner,
            blobs=BlobFolder(self._folder / "blobs"),
            context=Context(self.owner.settings, max_event_bytes=1 << 20),
            dead=DeadLetters(self._folder / "dead", Sealer(self._folder)),
            overlaps=False,
        )

    def restart(self) -> None:
        """The digester dies and comes back: it knows nothing of the minute at hand."""
        self.digester.close()
        self.open()

    def choose(self, project: int | None, group: str = "quotas", **chosen: Any) -> None:
        """What a project, or the organisation without one, sets."""
        place = Place(organization=self.organization)
        if project is not None:
            place = Place(project=self.projects[project])
        choose(place, groups()[group], chosen, who="", via="form")

    def remember(self, project: int, errors_an_hour: int) -> None:
        """The hours of the last days, so that it is known what is usual."""
        now = int(clock.timestamp()) // HOUR * HOUR
        Usage.objects.bulk_create(
            Usage(
                project=self.projects[project],
                category="error",
                span="hour",
                begins=now - back * HOUR,
                quantity=errors_an_hour,
            )
            for back in range(1, 80)
        )
        normal.forget()

    def send(self, project: int, body: bytes) -> Answer:
        """One envelope with the key of a project."""
        headers = {"x-sentry-auth": f"Sentry sentry_key={KEYS[project]}, sentry_version=7"}
        path = f"/api/{self.projects[project].pk}/envelope/"
        return self.door.send(path, body, auth=False, headers=headers)

    def refresh(self) -> None:
        """The door reads how its budgets stand."""
        spool = identity_of(self.door.config.spool_folder)
        self.door.know(read_standing(_ask, spool=spool))

    def digest(self) -> None:
        """Take all that is in the spool, and what the door has counted."""
        self.door.run(self.door.door._spool_counts())
        self.digester._refreshed = float("-inf")
        while self.digester.work_once():
            pass

    def outcomes(self) -> Counter[tuple[int, str, str, str]]:
        """Counts by project, category, outcome and reason."""
        names = ("project_id", "category", "outcome", "reason")
        select = q.Select(
            table="outcomes",
            projects=VisibleProjects.of_system(),
            columns={
                **{name: q.Field(name) for name in names},
                "n": q.call("sum", q.Field("quantity")),
            },
            group_by=list(names),
            start=0,
            end=FAR,
        )
        rows = self.store.query(select).rows
        return Counter({(int(p), c, o, r or ""): int(n) for p, c, o, r, n in rows if n})

    def stored(self, *columns: str) -> list[dict[str, Any]]:
        """Columns of every error that is stored."""
        select = q.Select(
            table="errors",
            projects=VisibleProjects.of_system(),
            columns={name: q.Field(name) for name in columns},
            start=0,
            end=FAR,
            limit=1 << 17,
        )
        return self.store.query(select).dicts()

    def project(self, number: int) -> Project:
        """One of the two."""
        return self.projects[number]

    def close(self) -> None:
        """Let go of files."""
        self.digester.close()
        self.store.close()
        self.door.run(self.door.door.stop())
