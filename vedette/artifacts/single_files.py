"""Files of a release, uploaded one by one as older clients do (protocol, section 5.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from vedette.artifacts.bundles import locked_bundle, note_change, place_bundle
from vedette.artifacts.filing import SentFile, make_files
from vedette.artifacts.models import ArtifactFile, Bundle, BundleKind
from vedette.projects.models import Project


class FileExists(ValueError):
    """The release has a file of that name with other bytes."""


def add_file(
    project: Project,
    release: str,
    *,
    name: str,
    content: bytes,
    headers: Mapping[str, str],
    dist: str = "",
) -> ArtifactFile:
    """Add a file to a release; the same file again changes nothing. Raises FileExists, NoRoom."""
    wanted = Bundle(
        organization=project.organization,
        checksum=_name_of(project, release, dist),
        kind=BundleKind.SINGLE,
    )
    made = make_files(wanted, [SentFile(url=name, content=content, headers=headers)])
    with transaction.atomic():
        bundle, _ = locked_bundle(wanted)
        place_bundle(bundle, [project], release, dist)
        for row in made:
            row.bundle = bundle
        own = bundle.files.filter(url_key=made[0].url_key, type=made[0].type).first()
        if own is not None and own.checksum != made[0].checksum:
            raise FileExists("A file matching this name already exists for the given release")
        if own is None:
            ArtifactFile.objects.bulk_create(made, ignore_conflicts=True)
            note_change([project.pk])
        return bundle.files.get(url_key=made[0].url_key, type=made[0].type)


def files_of(project: Project, release: str) -> QuerySet[ArtifactFile]:
    """The files of a release of the project that came one by one, the oldest first."""
    return ArtifactFile.objects.filter(
        bundle__kind=BundleKind.SINGLE,
        bundle__places__project=project,
        bundle__places__release=release,
    ).order_by("pk")


def remove_file(file: ArtifactFile, project: Project) -> None:
    """Delete one of them."""
    with transaction.atomic():
        list(Bundle.objects.select_for_update().filter(pk=file.bundle_id))
        file.delete()
        note_change([project.pk])


def _name_of(project: Project, release: str, dist: str) -> str:
    """What stands for the checksum of an archive: one such bundle for each release and build."""
    digest = hashlib.sha1(f"{release}\0{dist}".encode(), usedforsecurity=False).hexdigest()
    return f"single:{project.pk}:{digest}"
