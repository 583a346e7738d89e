"""Debug files of native programs: assembled from chunks and kept as they came."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.db import transaction

from vedette.artifacts.archive import zipped_files
from vedette.artifacts.bundles import Assembly
from vedette.artifacts.chunks import (
    FileTooLarge,
    MissingChunks,
    WrongChecksum,
    joined,
    missing_chunks,
)
from vedette.artifacts.filing import read_debug_id
from vedette.artifacts.models import DebugFile
from vedette.artifacts.objects import NoDebugFile, ReadObject, read_objects
from vedette.artifacts.storage import artifact_blobs
from vedette.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugUpload:
    """A debug file to be assembled; `debug_id` where the client knows it."""

    checksum: str
    name: str
    chunks: Sequence[str]
    debug_id: str = ""


def assemble_debug_file(project: Project, upload: DebugUpload) -> tuple[Assembly, DebugFile | None]:
    """Make a debug file of its chunks, or say what is missing; one that is there is given back."""
    held = DebugFile.objects.filter(project=project, checksum=upload.checksum.lower()).first()
    if held is not None:
        return Assembly("ok"), held
    missing = missing_chunks(project.organization, upload.chunks)
    if missing or not upload.chunks:
        return Assembly("not_found", missing), None
    try:
        return Assembly("ok"), _take(project, upload)
    except MissingChunks as error:
        return Assembly("not_found", error.checksums), None
    except (FileTooLarge, WrongChecksum, NoDebugFile) as error:
        return Assembly("error", detail=str(error)), None


def add_zipped(project: Project, archive: Path) -> list[DebugFile]:
    """The debug files in a zip archive, as older clients send them: `proguard/ID.txt`.

    Raises BadBundle and NoDebugFile.
    """
    found = []
    for name, content in zipped_files(archive):
        checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        upload = DebugUpload(checksum=checksum, name=name, chunks=[])
        with tempfile.NamedTemporaryFile(dir=archive.parent) as file:
            file.write(content)
            file.flush()
            found.append(_keep(project, upload, Path(file.name)))
    return found


def _take(project: Project, upload: DebugUpload) -> DebugFile:
    with joined(project.organization, upload.chunks, upload.checksum) as path:
        return _keep(project, upload, path)


def _keep(project: Project, upload: DebugUpload, path: Path) -> DebugFile:
    """One row for each program in the file; the first is what is answered."""
    objects = read_objects(path, upload.debug_id or _named_id(upload.name))
    blob = artifact_blobs().put_file(path)
    size = path.stat().st_size
    with transaction.atomic():
        DebugFile.objects.bulk_create(
            [_row(project, upload, one, blob, size) for one in objects], ignore_conflicts=True
        )
    found = DebugFile.objects.filter(project=project, checksum=upload.checksum.lower())
    return found.order_by("pk")[0]


def _named_id(name: str) -> str:
    """The id in a name, as that of a mapping: `/proguard/ID.txt`."""
    stem = PurePosixPath(name).stem
    return stem if read_debug_id(stem) is not None else ""


def _row(project: Project, upload: DebugUpload, one: ReadObject, blob: str, size: int) -> DebugFile:
    return DebugFile(
        project=project,
        checksum=upload.checksum.lower(),
        name=upload.name[:500],
        debug_id=one.debug_id[:64],
        code_id=one.code_id[:64],
        cpu=one.cpu[:40],
        symbol_type=one.symbol_type[:40],
        kind=one.kind[:16],
        features=one.features,
        blob=blob,
        size_bytes=size,
    )
