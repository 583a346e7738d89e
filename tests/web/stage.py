"""The product behind the pages: events go through the real pipeline into the real store.

Opened once and shared by the tests. A test that sends events of its own gets what it sent, and
the next test a fresh stage.
"""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from tests.pipeline.pipe import Pipe
from vedette import clock
from vedette.accounts.models import Organization
from vedette.blobs import BlobFolder
from vedette.config import Config
from vedette.issues import history, stored, suggestions
from vedette.issues.models import Issue, IssueKey
from vedette.items.client_report import OUTCOMES
from vedette.pipeline.dead import DeadLetters
from vedette.projects.models import Project
from vedette.reactions._domain import ReactingDomain
from vedette.releases import bounds, recording
from vedette.releases.models import Release, ReleaseEnvironment, ReleaseProject
from vedette.sealing.sealer import Sealer
from vedette.store import access
from vedette.store.table import Rows
from vedette.wire.envelope import build_envelope

_POSITION = 1 << 40
_OF_RELEASES = (Release, ReleaseProject, ReleaseEnvironment)


class Flow(Pipe):
    """The pipeline of the product's tests with the issues as its metadata."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.metadata = ReactingDomain(Config(data=folder), issues_per_hour=0)  # type: ignore[assignment]
        self.dead = DeadLetters(folder / "dead", Sealer(folder))
        self.open()


@dataclass
class Stage:
    """The store and the pipeline, and the issues that they made."""

    flow: Flow
    issues: list[Issue] = field(default_factory=list)
    keys: list[IssueKey] = field(default_factory=list)
    releases: list[Model] = field(default_factory=list)
    is_dirty: bool = False

    def send(self, project: Project, payload: dict[str, Any], *files: dict[str, Any]) -> None:
        """Send one event as the door does; `files` are headers with their bytes under `body`."""
        event_id = payload["event_id"]
        items = [({"type": "event"}, json.dumps(payload).encode())]
        for file in files:
            header = {name: value for name, value in file.items() if name != "body"}
            items.append(({"type": "attachment", **header}, file["body"]))
        envelope = build_envelope({"event_id": event_id}, items)
        self.flow.spool(envelope, project=project.pk)

    def report(self, project: Project, event_id: str, **words: str) -> None:
        """Send what a person wrote about an event."""
        body = json.dumps({"event_id": event_id, **words}).encode()
        item = ({"type": "user_report"}, body)
        self.flow.spool(build_envelope({"event_id": event_id}, [item]), project=project.pk)

    def work(self) -> None:
        """Let the pipeline take all that was sent."""
        self.flow.work()
        assert self.flow.dead.count() == 0
        self.is_dirty = True

    def count(self, project: Project, outcome: str, quantity: int, **words: str) -> None:
        """Add to the outcomes of the present hour."""
        now = int(clock.timestamp() * 1_000_000)
        rows = Rows(OUTCOMES)
        values = {"category": "error", "reason": "", **words}
        position = _POSITION + now
        rows.add(
            {
                **values,
                "project_id": project.pk,
                "outcome": outcome,
                "quantity": quantity,
                "timestamp": now,
                "writer": "test",
                "position": position,
            }
        )
        self.flow.store.append([rows], writer="test", end=position + 1)
        self.is_dirty = True

    def keep(self) -> None:
        """Remember the issues, for tests that start from the same events."""
        self.issues = list(Issue.objects.all())
        self.keys = list(IssueKey.objects.all())
        self.releases = [row for kind in _OF_RELEASES for row in kind.objects.all()]
        self.is_dirty = False

    def set_up(self) -> None:
        """Put the remembered issues into the database of a new test."""
        Issue.objects.bulk_create(copy.deepcopy(self.issues))
        IssueKey.objects.bulk_create(copy.deepcopy(self.keys))
        organization = Organization.objects.get()
        for row in copy.deepcopy(self.releases):
            if isinstance(row, Release):
                row.organization = organization
            row.save(force_insert=True)
        for project in Project.objects.all():
            Project.objects.filter(pk=project.pk).update(
                next_short_id=1 + sum(one.project_id == project.pk for one in self.issues),
                first_event_at=clock.now(),
            )

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make it what the pages read."""
        monkeypatch.setattr(access, "_reader", self.flow.store)
        blobs = BlobFolder(self.flow.folder / "blobs")
        monkeypatch.setattr(stored, "blobs", lambda: blobs)
        history._kept.clear()
        suggestions._environments.clear()

    def close(self) -> None:
        """Let go of its files and remove them."""
        self.flow.crash()
        shutil.rmtree(self.flow.folder, ignore_errors=True)


_stages: dict[tuple[int, ...], Stage] = {}


def stage_for(*projects: Project) -> tuple[Stage, bool]:
    """The stage of these projects, and whether its events have still to be sent."""
    key = tuple(project.pk for project in projects)
    held = _stages.get(key)
    if held is not None and not held.is_dirty:
        return held, False
    if held is not None:
        held.close()
    # what a process remembers of the hour is of the tests before, whose releases are gone
    bounds.forget_all()
    recording.forget_all()
    made = Stage(Flow(Path(tempfile.mkdtemp(prefix="vedette-stage-"))))
    _stages[key] = made
    return made, True


def close_stages() -> None:
    """Close every stage, at the end of the run."""
    while _stages:
        _stages.popitem()[1].close()
