"""Debug files of native programs: assembled from chunks, kept as they came, and made into what
frames are read through.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction

from vedette.artifacts.bundles import Assembly, note_change
from vedette.artifacts.chunks import (
    FileTooLarge,
    MissingChunks,
    WrongChecksum,
    joined,
    missing_chunks,
)
from vedette.artifacts.models import DebugFile
from vedette.artifacts.storage import artifact_blobs
from vedette.artifacts.unpacking import BadZip, unpacked
from vedette.projects.models import Project
from vedette.symbols.conversion import convert
from vedette.symbols.files import NoDebugFile, ReadObject

# How clients name a mapping in a zip: by the UUID that the application carries.
_MAPPING_NAME = re.compile(r"(?:^|/)proguard/([0-9a-fA-F-]{32,36})\.txt$")


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
    except (FileTooLarge, WrongChecksum, NoDebugFile, BadZip) as error:
        return Assembly("error", detail=str(error)), None


def remove_debug_file(file: DebugFile) -> None:
    """Delete a debug file; its bytes go with the next sweep, unless something else needs them."""
    with transaction.atomic():
        project_id = file.project_id
        file.delete()
        note_change([project_id])


def take_debug_archive(project: Project, name: str, pieces: Iterable[bytes]) -> list[DebugFile]:
    """Take a debug file, or a zip of them, that came in one piece.

    Raises NoDebugFile and BadZip, which are ValueErrors, with words for whoever sent it.
    """
    folder = artifact_blobs().folder
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha1(usedforsecurity=False)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".joined") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        upload = DebugUpload(checksum=digest.hexdigest(), name=name, chunks=())
        return _keep(project, upload, _read_files(project, upload, Path(file.name)))


def _take(project: Project, upload: DebugUpload) -> DebugFile:
    """One row for each program in the file; the first is what is answered."""
    with joined(project.organization, upload.chunks, upload.checksum) as path:
        rows = _read_files(project, upload, path)
    return _keep(project, upload, rows)[0]


def _keep(project: Project, upload: DebugUpload, rows: list[DebugFile]) -> list[DebugFile]:
    """The rows of the upload as they are now; somebody may have sent the same a moment ago."""
    with transaction.atomic():
        DebugFile.objects.bulk_create(rows, ignore_conflicts=True)
        note_change([project.pk])
    found = DebugFile.objects.filter(project=project, checksum=upload.checksum.lower())
    return list(found.order_by("pk"))


def _read_files(project: Project, upload: DebugUpload, path: Path) -> list[DebugFile]:
    """The programs in a file, or in the files of a zip. Raises NoDebugFile and BadZip."""
    with tempfile.TemporaryDirectory(dir=path.parent, suffix=".symbols") as name:
        folder = Path(name)
        files = unpacked(path, folder)
        if files is None:
            return _read_file(project, upload, path, folder)
        rows: list[DebugFile] = []
        for file, file_name in files:
            own = replace(upload, name=file_name or upload.name, debug_id="")
            try:
                rows += _read_file(project, own, file, folder)
            except NoDebugFile:
                continue  # a text beside the debug files
        if not rows:
            raise NoDebugFile("The zip holds no debug file of a known format.")
        return rows


def _read_file(project: Project, upload: DebugUpload, path: Path, folder: Path) -> list[DebugFile]:
    named = _MAPPING_NAME.search(upload.name)
    objects = convert(path, upload.debug_id or (named[1] if named else ""), folder)
    blobs = artifact_blobs()
    blob = blobs.put_file(path)
    rows = []
    for one in objects:
        row = _row(project, upload, one, blob, path.stat().st_size)
        if one.symbols:
            row.symbols = blobs.put_file(folder / one.symbols)
        if one.frame_info:
            row.frame_info = blobs.put_file(folder / one.frame_info)
        rows.append(row)
    return rows


def _row(project: Project, upload: DebugUpload, one: ReadObject, blob: str, size: int) -> DebugFile:
    return DebugFile(
        project=project,
        checksum=upload.checksum.lower(),
        name=(upload.name.rpartition("/")[2] or upload.name)[:500],
        debug_id=one.debug_id[:64],
        code_id=one.code_id[:64],
        cpu=one.cpu[:40],
        symbol_type=one.symbol_type[:40],
        kind=one.kind[:16],
        features=one.features,
        fault=one.fault[:300],
        blob=blob,
        size_bytes=size,
    )
