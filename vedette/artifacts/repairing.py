"""Events are read again when their source map has come: project by project, newest first."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

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
    were on their way.
    """

    version: int
    window: Window
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
    for project in due:
        own = settings.projects.get(project.pk) if settings is not None else None
        if own is not None:
            symbolicator = Symbolicator(owner.artifacts, artifact_blobs(), cache_bytes=_CACHE_BYTES)
            readers = symbolicator, SymbolReader(owner.symbols, artifact_blobs())
            repairer = Repairer(store, blobs, readers, Scrubber(own.scrub))
            count += _repair(project, repairer, owner)
    return count


def _is_due(project: Project) -> bool:
    at = _passes.get(project.pk)
    is_new = at is None or at.version != project.artifacts_version
    return is_new or (at is not None and at.resumes_at <= clock.timestamp())


def _repair(project: Project, repairer: Repairer, owner: StoreOwner) -> int:
    at = _passes.get(project.pk)
    if at is None or at.version != project.artifacts_version:
        at = _Pass(project.artifacts_version, _window(project))
    place = Place(project.pk, at.version, "", "")
    count = 0
    for _ in range(_MOST_PORTIONS):
        rows = repairer.portion(at.window)
        repaired = list(repairer.read(rows, place))
        tell_issues(repaired)
        repairer.write(repaired)
        count += len(repaired)
        if not rows:
            _finish(project, at, repairer, owner)
            break
        at.window = at.window._replace(end=rows[-1]["timestamp"], after=rows[-1]["event_id"])
        _passes[project.pk] = at
    if count:
        log.info("%d events of project %d became readable", count, project.pk)
    return count


def _window(project: Project) -> Window:
    now = clock.timestamp()
    return Window(project.pk, int((now - DAYS * 86400) * _MICROS), int((now + 86400) * _MICROS))


def _finish(project: Project, at: _Pass, repairer: Repairer, owner: StoreOwner) -> None:
    """Join what is one, and note that the second pass is done, or when it begins."""
    with owner.pausing():
        join(project.pk, lambda groups: repairer.is_read(_window(project), groups))
    if not at.is_second:
        later = clock.timestamp() + _AGAIN_SECONDS
        _passes[project.pk] = _Pass(at.version, _window(project), later, is_second=True)
        return
    _passes.pop(project.pk, None)
    Project.objects.filter(pk=project.pk).update(repaired_version=at.version)


def tell_issues(repaired: Sequence[Repaired]) -> None:
    """Let the groups of the new readings lead to the events' issues, and name these anew.

    A group that leads to an issue already keeps it: its events are there.
    """
    newest: dict[tuple[int, int], Repaired] = {}
    for one in sorted(repaired, key=lambda one: one.timestamp):
        newest[one.project_id, one.new_group_id] = one
    with transaction.atomic():
        note_moves(repaired)
        for one in newest.values():
            _tell(one)


def _tell(one: Repaired) -> None:
    own = IssueKey.objects.filter(project_id=one.project_id, group_id=one.group_id).first()
    if own is None:
        return  # the issue was deleted
    IssueKey.objects.get_or_create(
        project_id=one.project_id,
        group_id=one.new_group_id,
        defaults={
            "issue_id": own.issue_id,
            "key": one.grouping.key.hex(),
            "version": one.grouping.version,
        },
    )
    at = datetime.fromtimestamp(one.timestamp / _MICROS, UTC)
    title = one.title
    Issue.objects.filter(pk=own.issue_id, last_seen__lte=at).update(
        type=one.row["type"] or "",
        value=one.row["value"] or "",
        culprit=one.row["culprit"] or "",
        filename=title.filename[:256],
        function=title.function[:256],
    )
