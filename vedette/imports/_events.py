"""Hands events of the past to the running server: through a spool of its own.

Those that the store has are left out; those that are on their way it knows by their ids. They are
written no faster than the pipeline takes them, so that nobody's new events wait.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from vedette.imports._records import EventRecord, ImportFailed
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.spool import backlog
from vedette.spool.meta import Meta, Past, encode_meta
from vedette.spool.run import SpoolRun
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects

WRITER = "import"
_AT_ONCE = 200
_BYTES_AT_ONCE = 8 << 20
_MOST_BACKLOG_BYTES = 16 << 20
_LOOK_SECONDS = 0.2
_MOST_WAIT_SECONDS = 120.0


class EventWriter:
    """Writes events into the spool folder. Use as a context manager; one process at a time.

    Raises StoreError while nobody answers, ImportFailed where nothing goes on, and SpoolError.
    """

    def __init__(self, spool_folder: Path, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._folder = spool_folder / WRITER
        self._spool = SpoolRun(self._folder)
        self._pause = pause
        self._held: list[tuple[EventRecord, Project]] = []
        self._held_bytes = 0
        self.written = 0
        self.known = 0

    def __enter__(self) -> EventWriter:
        self._spool.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._spool.__exit__(*error)

    def add(self, record: EventRecord, project: Project) -> None:
        """Write it, now or with others."""
        self._held.append((record, project))
        self._held_bytes += len(record.payload)
        if len(self._held) >= _AT_ONCE or self._held_bytes >= _BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is held; it is on disk when this returns."""
        held, self._held, self._held_bytes = self._held, [], 0
        if not held:
            return
        known = _known(held)
        new = [pair for pair in held if (pair[1].pk, pair[0].event_id) not in known]
        self._wait_for_room()
        self._spool.append([_spooled(record, project) for record, project in new])
        self.written += len(new)
        self.known += len(held) - len(new)
        _note_first(new)

    def _wait_for_room(self) -> None:
        """Until the pipeline has taken most of it. Raises ImportFailed where it does not go on."""
        left, waited = self.backlog_bytes, 0.0
        while left > _MOST_BACKLOG_BYTES:
            self._pause(_LOOK_SECONDS)
            now, waited = self.backlog_bytes, waited + _LOOK_SECONDS
            if now < left:
                left, waited = now, 0.0
            elif waited > _MOST_WAIT_SECONDS:
                raise ImportFailed("the server takes no events: look at `vedette doctor`")

    @property
    def backlog_bytes(self) -> int:
        """What the pipeline has not taken yet."""
        return backlog.folder_bytes(self._folder) if self._folder.is_dir() else 0


def _known(held: list[tuple[EventRecord, Project]]) -> set[tuple[int, str]]:
    """Which of the events the store has, by project and id."""
    by_project: dict[int, list[EventRecord]] = defaultdict(list)
    for record, project in held:
        by_project[project.pk].append(record)
    found: set[tuple[int, str]] = set()
    for project_id, records in by_project.items():
        times = [record.timestamp for record in records]
        select = q.Select(
            projects=VisibleProjects.of_system().only([project_id]),
            table=ERRORS.name,
            columns={"event_id": q.Field("event_id")},
            where=[q.OneOf(q.Field("event_id"), [record.event_id for record in records])],
            start=min(times),
            end=max(times) + 1,
        )
        found |= {(project_id, event_id) for (event_id,) in store().query(select).rows}
    return found


def _spooled(record: EventRecord, project: Project) -> tuple[bytes, bytes]:
    """Meta and body of the spool's record: an envelope, as if it had been sent then."""
    past = Past(
        record.group.key, record.group.version, record.timestamp, record.unstored, record.unread
    )
    header = {"type": "event", "length": len(record.payload)}
    lines = (msgspec.json.encode({"event_id": record.event_id}), msgspec.json.encode(header))
    body = b"\n".join((*lines, record.payload)) + b"\n"
    meta = Meta(
        project.pk,
        record.received,
        event_id=record.event_id,
        remote_address=record.address,
        inflated_bytes=len(body),
        past=past,
    )
    return encode_meta(meta), body


def _note_first(held: list[tuple[EventRecord, Project]]) -> None:
    """A project that has events of the past waits for no first one."""
    for project_id in {project.pk for _, project in held}:
        first = min(record.received for record, project in held if project.pk == project_id)
        Project.objects.filter(pk=project_id, first_event_at=None).update(
            first_event_at=datetime.fromtimestamp(first, UTC)
        )
