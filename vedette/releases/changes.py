"""What clients say of a release: that it exists, is final, archived, deployed or gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vedette import clock
from vedette.accounts.models import Organization
from vedette.projects.models import Project
from vedette.releases.making import make_releases
from vedette.releases.models import (
    Deploy,
    Release,
    ReleaseEnvironment,
    ReleaseProject,
    ReleaseStatus,
)
from vedette.releases.names import InvalidRelease, check_release
from vedette.releases.resolving import bind_waiting

MOST_DEPLOYS = 500  # of one release; the oldest reports go


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is said of a release; None leaves a thing as it is."""

    ref: str | None = None
    url: str | None = None
    started_at: datetime | None = None
    released_at: datetime | None = None
    status: ReleaseStatus | None = None


@contextmanager
def changing(organization: Organization) -> Iterator[None]:
    """A transaction in which nobody else changes the organisation's releases.

    What is looked up in it is there until its end. Events go on making releases meanwhile.
    """
    with transaction.atomic():
        list(Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk))
        yield


@transaction.atomic
def report_release(
    organization: Organization,
    version: str,
    *,
    projects: Sequence[Project],
    wish: Wish,
    at: datetime | None = None,
) -> tuple[Release, bool]:
    """The release with what is wished, also of these projects; and whether it is new.

    What is new came into being `at` a time, by default now. Raises InvalidRelease.
    """
    at = at or clock.now()
    version = check_release(version)
    if not version:
        raise InvalidRelease("A release needs a name.")
    is_new = not Release.objects.filter(organization=organization, version=version).exists()
    key = (organization.pk, version)
    pk = make_releases({key: at})[key]
    release = change_release(Release.objects.select_for_update(no_key=True).get(pk=pk), wish)
    add_projects(release, projects, at=at)
    return release, is_new


def change_release(release: Release, wish: Wish) -> Release:
    """Write what is wished."""
    held = {name: getattr(wish, name) for name in Wish.__slots__}
    changes = {name: value for name, value in held.items() if value is not None}
    if changes:
        Release.objects.filter(pk=release.pk).update(**changes)
        release.refresh_from_db()
    return release


@transaction.atomic
def add_projects(release: Release, projects: Iterable[Project], *, at: datetime) -> None:
    """Make it a release of these projects, too, as of a time."""
    held = set(release.in_projects.values_list("project_id", flat=True))
    new = sorted({project.pk for project in projects} - held)
    ReleaseProject.objects.bulk_create(
        [ReleaseProject(release=release, project_id=pk, created_at=at) for pk in new],
        ignore_conflicts=True,
    )
    bind_waiting((release.pk, pk) for pk in new)


@transaction.atomic
def remove_release(release: Release, projects: Sequence[Project]) -> None:
    """Take the release from these projects; one that is of no other is deleted.

    Events keep its name, and one that comes later makes it again.
    """
    list(Release.objects.select_for_update().filter(pk=release.pk))  # before events refer to it
    ReleaseProject.objects.filter(release=release, project__in=projects).delete()
    ReleaseEnvironment.objects.filter(release=release, project__in=projects).delete()
    if not ReleaseProject.objects.filter(release=release).exists():
        release.delete()


def remove_unused(organization: Organization) -> None:
    """Delete the releases that are of no project any more."""
    Release.objects.filter(organization=organization, in_projects=None).delete()


@transaction.atomic
def report_deploy(
    release: Release,
    environment: str,
    *,
    projects: Sequence[Project],
    name: str = "",
    url: str = "",
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
) -> Deploy:
    """Note that the release was brought to an environment, for these projects of it."""
    deploy = Deploy.objects.create(
        release=release,
        environment=environment,
        name=name,
        url=url,
        started_at=started_at,
        finished_at=finished_at or clock.now(),
    )
    deploy.projects.set(projects)
    too_many = release.deploys.order_by("-pk").values_list("pk", flat=True)[MOST_DEPLOYS:]
    Deploy.objects.filter(pk__in=list(too_many)).delete()
    return deploy
