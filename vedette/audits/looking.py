"""Joins audits with what really came: what is told of a project, and how exposed each finding is.

Called by a loop. One project after the other, each with a handful of bounded questions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import log2
from typing import Any, Final

import msgspec
from django.db.models import Q

from vedette import clock
from vedette.audits.heard import heard_packages
from vedette.audits.joins import joins
from vedette.audits.models import AuditFinding, AuditStanding, FindingState
from vedette.audits.seen import Seen
from vedette.releases.models import RELEASED, CommitFile, Release
from vedette.store.engine import Reader
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects

log = logging.getLogger("vedette.audits")

EVERY: Final = timedelta(minutes=30)
_AT_ONCE: Final = 20  # projects in a turn
_MOST_TOLD: Final = 300
_MOST_GROUPS: Final = 5  # of a file, that lead to issues
_MOST_FILES: Final = 2000
_MOST_CHANGED: Final = 5000
_MOST_PARTS: Final = 16
_RANKS: Final = ("urgent", "important", "routine", "info")


def look(store: Reader) -> int:
    """Look at the projects that are due; how many were. A failing one does not hold up others."""
    before = clock.now() - EVERY
    is_due = Q(looked_at=None) | Q(looked_at__lt=before) | Q(looked_at__gt=clock.now() + EVERY)
    rows = AuditStanding.objects.filter(is_due, newest__isnull=False).select_related("newest")
    due = list(rows.order_by("looked_at", "pk")[:_AT_ONCE])
    for standing in due:
        try:
            _look_at(standing, store)
        except StoreError as error:
            log.warning("project %s cannot be joined now: %s", standing.project_id, error)
        except Exception:  # of one join over one project's data: others are not to wait for it
            log.exception("project %s cannot be joined", standing.project_id)
            AuditStanding.objects.filter(pk=standing.pk).update(looked_at=clock.now())
    return len(due)


def _look_at(standing: AuditStanding, store: Reader) -> None:
    assert standing.newest is not None
    seen = Seen(run=standing.newest, store=store, visible=VisibleProjects.of_system())
    told = [
        {"join": join.id, **msgspec.to_builtins(one)}
        for join in joins().values()
        for one in join.find(seen)
    ]
    told.sort(key=lambda one: _RANKS.index(one["severity"]))
    _expose(seen)
    AuditStanding.objects.filter(pk=standing.pk, newest=standing.newest).update(
        looked_at=clock.now(), told=told[:_MOST_TOLD], figures=_figures(seen)
    )


def _figures(seen: Seen) -> Mapping[str, Any]:
    """What pages show of it: numbers, and for each file with findings the groups of its errors."""
    wanted = list(dict.fromkeys(one.path for one in seen.findings if one.path))[:_MOST_FILES]
    return {
        "events": seen.total,
        "sessions": seen.traffic.sessions,
        "transactions": seen.traffic.transactions,
        "heard_packages": sorted(heard_packages(seen)),
        "files": {
            path: [[str(one.group_id), one.events, one.users] for one in found[:_MOST_GROUPS]]
            for path in wanted
            if (found := seen.files.get(path))
        },
    }


def _expose(seen: Seen) -> None:
    """`log2(1 + events) + 2 if a failing transaction is handled there + 1 if it changed lately`."""
    failing = {
        path
        for path, groups in seen.files.items()
        if any(one.transaction and one.unhandled for one in groups)
    }
    changed = _changed_lately(seen.project_id)
    rows = list(
        AuditFinding.objects.filter(project=seen.project_id).exclude(state=FindingState.FIXED)
    )
    touched = []
    for one in rows:
        events = seen.events_in(one.path)
        is_failing, is_recent = one.path in failing, one.path in changed
        exposure = log2(1 + events) + 2 * is_failing + is_recent
        if (one.events, one.is_failing, one.is_recent) != (events, is_failing, is_recent):
            one.events, one.is_failing, one.is_recent = events, is_failing, is_recent
            one.exposure = exposure
            touched.append(one)
    AuditFinding.objects.bulk_update(
        touched, ["events", "is_failing", "is_recent", "exposure"], batch_size=500
    )


def _changed_lately(project_id: int) -> set[str]:
    """The files that the commits of the newest release changed, by the ends of their paths."""
    rows = Release.objects.filter(in_projects__project=project_id, in_commits__isnull=False)
    newest = rows.order_by(RELEASED.desc(), "-pk").first()
    if newest is None:
        return set()
    files = CommitFile.objects.filter(commit__in_releases__release=newest)
    paths = files.values_list("path", flat=True)[:_MOST_CHANGED]
    return {end for path in paths for end in _ends(path)}


def _ends(path: str) -> Iterator[str]:
    """A path, and what is left of it below each of its folders, two parts at least: the audited
    folder may lie below the repository's root."""
    yield path
    parts = path.split("/")
    for start in range(1, min(len(parts) - 1, _MOST_PARTS)):
        yield "/".join(parts[start:])


def due_at(standing: AuditStanding) -> datetime:
    """When it is looked at again at the latest."""
    return (standing.looked_at or clock.now()) + EVERY
