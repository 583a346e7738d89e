"""Removing a project: its metadata at once, its telemetry in the background."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from vedette import clock
from vedette.projects.models import Project, RemovedProject
from vedette.releases.changes import remove_unused

_SETTLED_AFTER = timedelta(minutes=10)


@transaction.atomic
def remove_project(project: Project) -> None:
    """Delete a project with its issues, keys and releases, and note that its telemetry has to go.

    A release that is of other projects, too, stays theirs.
    """
    RemovedProject.objects.create(project_id=project.pk, removed_at=clock.now())
    project.delete()
    remove_unused(project.organization)


def projects_to_purge() -> list[int]:
    """The projects whose telemetry is still there."""
    return list(RemovedProject.objects.filter(purged_at=None).values_list("project_id", flat=True))


def mark_purged(project_ids: list[int]) -> None:
    """Their telemetry is gone; of those just removed some may still be on its way."""
    now = clock.now()
    settled = RemovedProject.objects.exclude(removed_at__range=(now - _SETTLED_AFTER, now))
    settled.filter(project_id__in=project_ids).update(purged_at=now)
