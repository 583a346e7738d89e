"""Uploads of builds: chunks, and the bundles and debug files that are made of them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.artifacts.bundles import Upload, assemble_bundle
from vedette.artifacts.chunks import (
    CHUNK_BYTES,
    MOST_FILE_BYTES,
    WrongChecksum,
    keep_chunk,
)
from vedette.artifacts.debug_files import DebugUpload, assemble_debug_file
from vedette.artifacts.storage import NoRoom, check_room
from vedette.web.api.access import Caller
from vedette.web.api.artifact_bodies import (
    UPLOAD_SECONDS,
    BundleBody,
    SentFile,
    assembly_shape,
    debug_file_shape,
    read_debug_bodies,
    sent_files,
)
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.release_bodies import clean_text, named_projects
from vedette.wire.encodings import EncodingError, inflate

_MOST_REQUEST_BYTES = 32 << 20
_MOST_CHUNKS = 64
_ACCEPT = (
    *("debug_files", "release_files", "pdbs", "sources", "bcsymbolmaps", "il2cpp"),
    *("portablepdbs", "artifact_bundles", "artifact_bundles_v2", "proguard"),
)
# What a form's field is called says how its bytes are packed.
_PACKED = {"file": b"", "file_gzip": b"gzip"}


@endpoint(get=Action.VIEW_RELEASES, post=Action.MANAGE_RELEASES, seconds=UPLOAD_SECONDS)
def chunk_upload(request: HttpRequest, caller: Caller, organization: str) -> HttpResponse:
    """How files are to be cut into chunks; a POST takes chunks, in a form."""
    owner = caller.organization(organization)
    if request.method == "GET":
        base = settings.CONFIG.base_url
        return answer(
            {
                "url": f"{base}/api/0/organizations/{owner.slug}/chunk-upload/",
                "chunkSize": CHUNK_BYTES,
                "chunksPerRequest": _MOST_CHUNKS,
                "maxFileSize": MOST_FILE_BYTES,
                "maxRequestSize": _MOST_REQUEST_BYTES,
                "maxWait": 0,
                "concurrency": 4,
                "hashAlgorithm": "sha1",
                "compression": ["gzip"],
                "accept": list(_ACCEPT),
            }
        )
    files = sent_files(request)
    if len(files) > _MOST_CHUNKS:
        raise ApiError(400, f"More than {_MOST_CHUNKS} chunks in one request.")
    for name, file in files:
        try:
            check_room()
            keep_chunk(owner, file.name or "", _unpacked(name, file))
        except WrongChecksum as error:
            raise ApiError(400, str(error)) from None
        except NoRoom as error:
            raise ApiError(503, str(error)) from None
    return HttpResponse(status=200)


def _unpacked(name: str, file: SentFile) -> bytes:
    """The bytes of a chunk. Raises ApiError 400."""
    encoding = _PACKED.get(name)
    if encoding is None:
        raise ApiError(400, f"A field is called {name[:40]}; file and file_gzip are known.")
    try:
        return inflate(file.read(), encoding, CHUNK_BYTES)
    except EncodingError as error:
        raise ApiError(400, f"The chunk {(file.name or '')[:40]} cannot be read: {error}") from None


@endpoint(post=Action.MANAGE_RELEASES, body=BundleBody, seconds=UPLOAD_SECONDS)
def assemble_artifacts(
    request: HttpRequest, caller: Caller, body: BundleBody, organization: str
) -> HttpResponse:
    """Make an artifact bundle of its chunks, at once; says which chunks are missing."""
    projects = named_projects(caller, organization, body.projects)
    if not projects:
        raise ApiError(400, "Name at least one project.")
    upload = Upload(
        checksum=body.checksum,
        chunks=body.chunks,
        release=clean_text(body.version, 250),
        dist=clean_text(body.dist, 64),
    )
    try:
        state = assemble_bundle(caller.organization(organization), projects, upload)
    except NoRoom as error:
        raise ApiError(503, str(error)) from None
    return answer(assembly_shape(state))


@endpoint(post=Action.MANAGE_RELEASES, seconds=UPLOAD_SECONDS)
def assemble_debug_files(
    request: HttpRequest, caller: Caller, organization: str, project: str
) -> HttpResponse:
    """Make debug files of their chunks; the answer has an entry for each that was asked for."""
    owner = caller.project(organization, project)
    made = {}
    for checksum, wanted in read_debug_bodies(request.body).items():
        upload = DebugUpload(
            checksum=checksum,
            name=clean_text(wanted.name, 500),
            chunks=wanted.chunks,
            debug_id=wanted.debug_id or "",
        )
        try:
            state, file = assemble_debug_file(owner, upload)
        except NoRoom as error:
            raise ApiError(503, str(error)) from None
        made[checksum] = assembly_shape(state)
        if file is not None:
            made[checksum]["dif"] = debug_file_shape(file)
    return answer(made)


ROUTES = [
    path("organizations/<str:organization>/chunk-upload/", chunk_upload),
    path("organizations/<str:organization>/artifactbundle/assemble/", assemble_artifacts),
    path("projects/<str:organization>/<str:project>/files/difs/assemble/", assemble_debug_files),
]
