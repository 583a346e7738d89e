"""Artifact bundles: assembled from chunks, taken apart into files, and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.db import transaction
from django.db.models import F

from vedette.accounts.models import Organization
from vedette.artifacts.archive import BadBundle, Member, open_bundle
from vedette.artifacts.chunks import (
    FileTooLarge,
    MissingChunks,
    WrongChecksum,
    joined,
    missing_chunks,
)
from vedette.artifacts.filing import SentFile, make_files
from vedette.artifacts.models import ArtifactFile, Bundle, BundleKind, BundlePlace
from vedette.artifacts.storage import NoRoom
from vedette.projects.models import Project

_AT_ONCE = 500
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Assembly:
    """How an upload stands, in the words of the protocol."""

    state: Literal["not_found", "created", "ok", "error"]
    missing: list[str] = field(default_factory=list)
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A bundle to be assembled: its SHA-1, its chunks, and what it was built for."""

    checksum: str
    chunks: Sequence[str]
    release: str = ""
    dist: str = ""


def assemble_bundle(
    organization: Organization, projects: Sequence[Project], upload: Upload
) -> Assembly:
    """Make a bundle of its chunks, or say what is missing. Whoever asks again is told the same.

    A bundle that is there already is only given its further projects and releases.
    """
    if _is_held(organization, projects, upload):
        return Assembly("ok")
    missing = missing_chunks(organization, upload.chunks)
    if missing or not upload.chunks:
        return Assembly("not_found", missing)
    try:
        _take(organization, projects, upload)
    except MissingChunks as error:
        return Assembly("not_found", error.checksums)
    except (BadBundle, FileTooLarge, WrongChecksum) as error:
        return Assembly("error", detail=str(error))
    return Assembly("ok")


@transaction.atomic
def _is_held(organization: Organization, projects: Sequence[Project], upload: Upload) -> bool:
    """Whether the bundle is there; if so it is of these projects, too, and none removes it now."""
    mine = Bundle.objects.select_for_update().filter(organization=organization)
    held = mine.filter(checksum=upload.checksum.lower()).first()
    if held is not None:
        place_bundle(held, projects, upload.release, upload.dist)
    return held is not None


def place_bundle(bundle: Bundle, projects: Iterable[Project], release: str, dist: str) -> None:
    """Say that a bundle is of these projects' release and build; said again it is no change."""
    with transaction.atomic():
        note_change(
            project.pk
            for project in sorted(projects, key=lambda project: project.pk)
            if _is_new(bundle, project, release[:250], dist[:64])
        )


def _is_new(bundle: Bundle, project: Project, release: str, dist: str) -> bool:
    _, is_new = BundlePlace.objects.get_or_create(
        bundle=bundle, project=project, release=release, dist=dist
    )
    return is_new


def locked_bundle(wanted: Bundle) -> tuple[Bundle, bool]:
    """The bundle of that organisation and checksum, and whether it was made just now.

    Nobody removes it until the transaction's end. Raises NoRoom.
    """
    for _ in range(_TRIES):
        bundle, is_new = Bundle.objects.get_or_create(
            organization=wanted.organization,
            checksum=wanted.checksum,
            defaults={"kind": wanted.kind, "size_bytes": wanted.size_bytes},
        )
        held = Bundle.objects.select_for_update().filter(pk=bundle.pk).first()
        if held is not None:
            return held, is_new
    raise NoRoom("The same bundle is being removed: try again.")


def note_change(project_ids: Iterable[int]) -> None:
    """Say that the artifacts of these projects changed, so that answers kept are forgotten."""
    for project_id in sorted(project_ids):
        Project.objects.filter(pk=project_id).update(artifacts_version=F("artifacts_version") + 1)


def remove_bundle(bundle: Bundle) -> None:
    """Delete a bundle; its bytes go with the next sweep, unless something else needs them."""
    with transaction.atomic():
        list(Bundle.objects.select_for_update().filter(pk=bundle.pk))
        projects = list(bundle.places.values_list("project_id", flat=True))
        bundle.delete()
        note_change(set(projects))


def remove_from_project(bundle: Bundle, project: Project) -> None:
    """Take a bundle from a project; one that is of no other is deleted."""
    with transaction.atomic():
        list(Bundle.objects.select_for_update().filter(pk=bundle.pk))
        bundle.places.filter(project=project).delete()
        note_change([project.pk])
        if not bundle.places.exists():
            bundle.delete()


def _take(organization: Organization, projects: Sequence[Project], upload: Upload) -> None:
    with joined(organization, upload.chunks, upload.checksum) as path, open_bundle(path) as archive:
        bundle = Bundle(
            organization=organization,
            kind=BundleKind.UPLOADED,
            checksum=upload.checksum.lower(),
            size_bytes=path.stat().st_size,
        )
        files = make_files(bundle, (_sent(member) for member in archive.members()))
        if not files:
            raise BadBundle("The bundle's manifest.json names no file that the bundle holds.")
        release = upload.release or (archive.manifest.release or "").replace("\x00", "")
        dist = upload.dist or ((archive.manifest.dist or "").replace("\x00", "") * bool(release))
    with transaction.atomic():
        bundle, is_new = locked_bundle(bundle)
        if is_new:  # else somebody sent the same at the same time
            for file in files:
                file.bundle = bundle
            ArtifactFile.objects.bulk_create(files, batch_size=_AT_ONCE, ignore_conflicts=True)
        place_bundle(bundle, projects, release, dist)


def _sent(member: Member) -> SentFile:
    entry = member.entry
    return SentFile(url=entry.url, content=member.content, type=entry.type, headers=entry.headers)
