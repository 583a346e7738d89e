"""What clients send and are told of uploads (protocol, section 5.3)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from msgspec import Meta, field

from vedette.artifacts.bundles import Assembly
from vedette.artifacts.models import ArtifactFile, DebugFile
from vedette.web.api.errors import ApiError
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Names
from vedette.web.api.typed import Parameters

UPLOAD_SECONDS = 80.0  # within the time that the door waits for the pages
MOST_DEBUG_FILES = 1000
SentFile: TypeAlias = "UploadedFile[bytes]"
Sha1 = Annotated[str, Meta(pattern="^[0-9a-fA-F]{40}$")]
Chunks = Annotated[list[Sha1], Meta(max_length=4096)]


class BundleBody(Parameters):
    """A bundle to be assembled."""

    cleans_text: ClassVar[bool] = True
    checksum: Sha1
    chunks: Chunks = []
    projects: Names = []
    version: Annotated[str, Meta(max_length=250)] | None = None
    dist: Annotated[str, Meta(max_length=64)] | None = None


class DebugBody(Parameters):
    """A debug file to be assembled."""

    name: Annotated[str, Meta(max_length=1000)] = ""
    debug_id: Annotated[str, Meta(max_length=100)] | None = field(default=None, name="debug_id")
    chunks: Chunks = []


_decode_debug = msgspec.json.Decoder(dict[Sha1, DebugBody]).decode


def read_debug_bodies(body: bytes) -> dict[str, DebugBody]:
    """Debug files to be assembled, by their SHA-1. Raises ApiError 400."""
    try:
        found = _decode_debug(body or b"{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise ApiError(400, f"Invalid request: {error}"[:300]) from None
    if len(found) > MOST_DEBUG_FILES:
        raise ApiError(400, f"More than {MOST_DEBUG_FILES} files in one request.")
    return found


def sent_files(request: HttpRequest) -> list[tuple[str, SentFile]]:
    """The files of a form, each with its field's name. Raises ApiError 400."""
    try:
        return [
            (name, file)
            for name, files in request.FILES.lists()
            for file in files
            if isinstance(file, UploadedFile)
        ]
    except (MultiPartParserError, SuspiciousOperation, BadRequest) as error:
        raise ApiError(400, f"The form cannot be read: {error}"[:300]) from None


def assembly_shape(made: Assembly) -> dict[str, Any]:
    """How an upload stands."""
    return {"state": made.state, "missingChunks": made.missing, "detail": made.detail}


def file_shape(file: ArtifactFile, dist: str) -> dict[str, Any]:
    """A file of a release."""
    return {
        "id": str(file.pk),
        "name": file.url,
        "dist": dist or None,
        "headers": file.headers,
        "size": file.size_bytes,
        "sha1": file.checksum,
        "dateCreated": time_text(file.created_at),
    }


def debug_file_shape(file: DebugFile) -> dict[str, Any]:
    """A debug file."""
    return {
        "id": str(file.pk),
        "uuid": file.debug_id,
        "debugId": file.debug_id,
        "codeId": file.code_id or None,
        "cpuName": file.cpu or "any",
        "objectName": file.name,
        "symbolType": file.symbol_type,
        "headers": {"Content-Type": "application/octet-stream"},
        "size": file.size_bytes,
        "sha1": file.checksum,
        "dateCreated": time_text(file.created_at),
        "data": {"type": file.kind or None, "features": file.features},
    }
