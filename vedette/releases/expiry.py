"""Releases that events alone have made go once nobody needs them: the old ones, and a surplus.

Whoever has a project's public key may name any number of releases, at some hundreds an hour for
ever. What a build said something of, what was deployed, and what issues are resolved by stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Count, Exists, Max, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from vedette.accounts.models import Organization
from vedette.projects.models import Project
from vedette.releases.changes import changing
from vedette.releases.models import (
    Commit,
    Deploy,
    Release,
    ReleaseCommit,
    ReleaseEnvironment,
    ReleaseHead,
    ReleaseProject,
    Resolution,
)

MOST_OF_PROJECT = 20_000
_AT_ONCE = 500
_MOST = 20_000  # in one turn


def remove_old(before: datetime) -> None:
    """Delete those that were made and last seen before a time, and commits of no release."""
    seen = _referring(ReleaseEnvironment).filter(last_seen__gte=before)
    old = _made_by_events().filter(~Exists(seen), created_at__lt=before)
    loose = Commit.objects.filter(in_releases=None)
    for organization in Organization.objects.order_by("pk"):
        _delete_in_parts(organization, old.filter(organization=organization))
        _delete_in_parts(organization, loose.filter(repository__organization=organization))


def remove_surplus() -> None:
    """Take from each project that has too many the ones that were seen longest ago."""
    crowded = Project.objects.annotate(n=Count("in_releases")).filter(n__gt=MOST_OF_PROJECT)
    for project in crowded.select_related("organization").order_by("pk"):
        for part in _parts(_longest_unseen(project)[: project.n - MOST_OF_PROJECT]):
            with changing(project.organization):
                _take_from(project, part)


def _longest_unseen(project: Project) -> list[int]:
    last = Max("environments__last_seen", filter=Q(environments__project=project))
    mine = _made_by_events().filter(in_projects__project=project)
    ordered = mine.annotate(seen=Coalesce(last, "created_at")).order_by("seen", "pk")
    return list(ordered.values_list("pk", flat=True)[:_MOST])


def _take_from(project: Project, ids: Sequence[int]) -> None:
    """Take releases from a project if they are still events' alone; delete those of no other."""
    still = list(_made_by_events().filter(pk__in=ids).values_list("pk", flat=True))
    ReleaseEnvironment.objects.filter(release__in=still, project=project).delete()
    ReleaseProject.objects.filter(release__in=still, project=project).delete()
    Release.objects.filter(pk__in=still, in_projects=None).delete()


def _made_by_events() -> QuerySet[Release]:
    """Those of which nobody has said anything."""
    kinds = (ReleaseCommit, Deploy, ReleaseHead, Resolution)
    untold = [~Exists(_referring(kind)) for kind in kinds]
    is_next = ~Exists(Resolution.objects.filter(after=OuterRef("pk")))
    return Release.objects.filter(
        *untold, is_next, ref="", url="", started_at=None, released_at=None
    )


def _referring(kind: type[Model]) -> QuerySet[Model]:
    return kind._default_manager.filter(release=OuterRef("pk"))


def _delete_in_parts(
    organization: Organization, found: QuerySet[Release] | QuerySet[Commit]
) -> None:
    """Small transactions, so that no writer waits long."""
    for _ in range(0, _MOST, _AT_ONCE):
        with changing(organization):
            ids = list(found.values_list("pk", flat=True)[:_AT_ONCE])
            found.model._default_manager.filter(pk__in=ids).delete()
        if len(ids) < _AT_ONCE:
            return


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
