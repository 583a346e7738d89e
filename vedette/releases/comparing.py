"""Which of two releases is the newer one, and which is the latest of a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from vedette.releases.models import (
    RELEASED,
    Release,
    ReleaseEnvironment,
    ReleaseProject,
    ReleaseStatus,
)

_LOOKED_AT = 10  # of a project's newest releases, to tell whether their versions have an order


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The latest release of a project, or of one of its environments (else empty)."""

    project_id: int
    environment: str
    release: Release


def is_newer(release: Release, than: Release) -> bool:
    """By version where both are versions of one package, else by date."""
    if have_order((release, than)):
        return _version(release) > _version(than)
    return release.at > than.at


def have_order(releases: Sequence[Release]) -> bool:
    """Whether their versions put them in an order: semantic ones of one package."""
    packages = {release.package for release in releases}
    return len(packages) == 1 and all(release.version_order for release in releases)


def latest_releases(projects: Iterable[int], environments: Sequence[str] = ()) -> list[Latest]:
    """The latest release of each project, or of each of these environments of it.

    By version where the newest releases are versions of one package, else by date. Archived
    ones are none.
    """
    found = []
    for project_id in projects:
        for environment in environments or ("",):
            release = _latest(_of(project_id, environment))
            if release is not None:
                found.append(
                    Latest(project_id=project_id, environment=environment, release=release)
                )
    return found


def latest_release(project_id: int) -> Release | None:
    """The latest release of a project."""
    return next((one.release for one in latest_releases([project_id])), None)


def _of(project_id: int, environment: str) -> QuerySet[Release]:
    here = ReleaseProject.objects.filter(release=OuterRef("pk"), project=project_id)
    found = Release.objects.filter(Exists(here), status=ReleaseStatus.OPEN)
    if environment:
        seen = ReleaseEnvironment.objects.filter(
            release=OuterRef("pk"), project=project_id, environment=environment
        )
        found = found.filter(Exists(seen))
    return found


def _latest(releases: QuerySet[Release]) -> Release | None:
    newest = list(releases.order_by(RELEASED.desc(), "-pk")[:_LOOKED_AT])
    if not newest:
        return None
    if not have_order(newest):
        return newest[0]
    same = releases.filter(package=newest[0].package, version_order__isnull=False)
    return same.order_by("-version_order", "-build_order", "-pk").first()


def _version(release: Release) -> tuple[bytes, bytes]:
    return bytes(release.version_order or b""), bytes(release.build_order)
