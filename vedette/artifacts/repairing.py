"""Events are read again when their source map has come: project by project, newest first."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from vedette import clock
from vedette.artifacts.joining import join, note_moves
from vedette.artifacts.storage import artifact_blobs
from vedette.blobs import BlobFolder
from vedette.issues.models import Issue, IssueKey
from vedette.pipeline.owner import StoreOwner
from vedette.pipeline.repair import Repaired, Repairer, Window
from vedette.pipeline.scrub import Scrubber
from vedette.projects.models import Project
from vedette.sourcemaps.symbolicator import Place, Symbolicator
from vedette.store.engine import Store
from vedette.symbols.reader import SymbolReader

log = logging.getLogger("vedette.artifacts")

DAYS = 7
_CACHE_BYTES = 24 << 20
_MOST_PORTIONS = 25  # of a project in a turn, so that others have theirs
_MICROS = 1_000_000
# What was on its way through the pipeline when the files came is stored by then.
_AGAIN_SECONDS = 10.0


@dataclass(slots=True)
class _Pass:
    """A pass over the events of a project, newest first, how far it has come, when it goes on.

    There are two for each version of the files: at once, and a little later for events that
    were on their way. What is left lies in one window, or in two that are read in turn when
    files came meanwhile: so the newest events are soon read, and the oldest in the end, however
    often files come.
    """

    version: int
    windows: list[Window]
    resumes_at: float = 0.0
    is_second: bool = False


_passes: dict[int, _Pass] = {}


def forget_all() -> None:
    """Begin every pass anew."""
    _passes.clear()


def repair(store: Store, owner: StoreOwner, blobs: BlobFolder) -> int:
    """One turn: every project whose files changed since its events were read again.

    Returns how many events became readable.
    """
    changed = Project.objects.filter(artifacts_version__gt=F("repaired_version")).order_by("pk")
    due = [project for project in changed if _is_due(project)]
    settings = owner.settings("") if due else None
    count = 0
    fault: Exception | None = None
    for project in due:
        own = settings.projects.get(project.pk) if settings is not None else None
        if own is not None:
            symbolicator = Symbolicator(owner.artifacts, artifact_blobs(), cache_bytes=_CACHE_BYTES)
            readers = symbolicator, SymbolReader(owner.symbols, artifact_blobs())
            repairer = Repairer(store, blobs, readers, Scrubber(own.scrub))
            try:
                count += _repair(project, repairer, owner)
            except Exception as error:
                log.exception("events of project %d cannot be read again", project.pk)
                fault = error
    if fault is not None:
        raise fault  # once the others have had their turn
    return count


def _is_due(project: Project) -> bool:
    at = _passes.get(project.pk)
    is_new = at is None or at.version != project.artifacts_version
    return is_new or (at is not None and at.resumes_at <= clock.timestamp())


def _repair(project: Project, repairer: Repairer, owner: StoreOwner) -> int:
    at = _passes.get(project.pk)
    if at is None or at.version != project.artifacts_version:
        at = _Pass(project.artifacts_version, _windows(project, at))
    place = Place(project.pk, at.version, "", "")
    count = 0
    for number in range(_MOST_PORTIONS):
        chosen = number % len(at.windows)
        rows = repairer.portion(at.windows[chosen])
        repaired = list(repairer.read(rows, place))
        tell_issues(repaired)
        repairer.write(repaired)
        count += len(repaired)
        _move_on(at.windows, chosen, rows)
        if not at.windows:
            _finish(project, at, repairer, owner)
            break
        _passes[project.pk] = at
    if count:
        log.info("%d events of project %d became readable", count, project.pk)
    return count


def _window(project: Project) -> Window:
    now = clock.timestamp()
    return Window(project.pk, int((now - DAYS * 86400) * _MICROS), int((now + 86400) * _MICROS))


def _windows(project: Project, before: _Pass | None) -> list[Window]:
    """All events: those above where the pass before had come, and those below."""
    whole = _window(project)
    if before is None or not before.windows:
        return [whole]
    at = before.windows[-1]
    return [whole._replace(start=at.end), whole._replace(end=at.end, after=at.after)]


def _move_on(windows: list[Window], chosen: int, rows: Sequence[dict[str, Any]]) -> None:
    """These were read of a window; it goes when there were none."""
    if not rows:
        del windows[chosen]
        return
    last = rows[-1]
    windows[chosen] = windows[chosen]._replace(end=last["timestamp"], after=last["event_id"])


def _finish(project: Project, at: _Pass, repairer: Repairer, owner: StoreOwner) -> None:
    """Join what is one, and note that the second pass is done, or when it begins."""
    with owner.pausing():
        join(project.pk, lambda groups: repairer.is_read(_window(project), groups))
    if not at.is_second:
        later = clock.timestamp() + _AGAIN_SECONDS
        _passes[project.pk] = _Pass(at.version, [_window(project)], later, is_second=True)
        return
    _passes.pop(project.pk, None)
    Project.objects.filter(pk=project.pk).update(repaired_version=at.version)


def tell_issues(repaired: Sequence[Repaired]) -> None:
    """Let the groups of the new readings lead to the events' issues, and name these anew.

    A group that leads to an issue already keeps it: its events are there.
    """
    newest: dict[tuple[int, int, int], Repaired] = {}
    for one in sorted(repaired, key=lambda one: one.timestamp):
        newest[one.project_id, one.group_id, one.new_group_id] = one
    with transaction.atomic():
        note_moves(repaired)
        ordered = sorted(newest.values(), key=lambda one: one.timestamp)
        for one in reversed(ordered):
            _lead(one)
        for one in ordered:
            _name(one)


def _own_key(one: Repaired) -> IssueKey | None:
    """What leads to the event's issue; None if that was deleted."""
    return IssueKey.objects.filter(project_id=one.project_id, group_id=one.group_id).first()


def _lead(one: Repaired) -> None:
    own = _own_key(one)
    if own is None:
        return
    IssueKey.objects.get_or_create(
        project_id=one.project_id,
        group_id=one.new_group_id,
        defaults={
            "issue_id": own.issue_id,
            "key": one.grouping.key.hex(),
            "version": one.grouping.version,
        },
    )


def _name(one: Repaired) -> None:
    own = _own_key(one)
    if own is None:
        return
    at = datetime.fromtimestamp(one.timestamp / _MICROS, UTC)
    title = one.title
    Issue.objects.filter(pk=own.issue_id, last_seen__lte=at).update(
        type=one.row["type"] or "",
        value=one.row["value"] or "",
        culprit=one.row["culprit"] or "",
        filename=title.filename[:256],
        function=title.function[:256],
    )
