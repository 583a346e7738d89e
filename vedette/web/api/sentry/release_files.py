"""Files of a release, one by one: what older clients do (protocol, section 5.2)."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.artifacts.archive import MOST_FILE_BYTES
from vedette.artifacts.models import ArtifactFile
from vedette.artifacts.single_files import FileExists, add_file, files_of, remove_file
from vedette.artifacts.storage import NoRoom, check_room
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.releases.models import Release, ReleaseProject
from vedette.web.api.access import Caller
from vedette.web.api.artifact_bodies import UPLOAD_SECONDS, file_shape, sent_files
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.parameters import paginate
from vedette.web.api.release_bodies import clean_text
from vedette.web.api.releases import find_release, projects_of
from vedette.web.api.typed import Parameters

_PAGE = 100


class FilesQuery(Parameters):
    """A page of files."""

    cursor: Annotated[
        str, Meta(pattern=r"^(o:[0-9]{1,9})?$", description="From the Link header.")
    ] = ""


@endpoint(
    get=Action.VIEW_RELEASES,
    post=Action.MANAGE_RELEASES,
    query=FilesQuery,
    seconds=UPLOAD_SECONDS,
)
def release_files(
    request: HttpRequest,
    caller: Caller,
    query: FilesQuery,
    organization: str,
    version: str,
    project: str = "",
) -> HttpResponse:
    """The files that were uploaded one by one; a POST adds one, in a form (201)."""
    release = find_release(caller, organization, version, project)
    owner = _owner(release, projects_of(caller, organization, project))
    if request.method == "POST":
        return _add(request, owner, release.version)
    offset = read_offset(query.cursor)
    found = list(files_of(owner, release.version)[offset : offset + _PAGE + 1])
    following = f"o:{offset + _PAGE}" if len(found) > _PAGE else None
    shapes = [file_shape(file, _dist(file, owner)) for file in found[:_PAGE]]
    return paginate(request, answer(shapes), following=following)


@endpoint(get=Action.VIEW_RELEASES, delete=Action.MANAGE_RELEASES)
def release_file(
    request: HttpRequest,
    caller: Caller,
    organization: str,
    version: str,
    file: str,
    project: str = "",
) -> HttpResponse:
    """One file; a DELETE removes it (204)."""
    release = find_release(caller, organization, version, project)
    owner = _owner(release, projects_of(caller, organization, project))
    number = int(file) if file.isascii() and file.isdigit() and len(file) < 19 else 0
    found = files_of(owner, release.version).filter(pk=number).first()
    if found is None:
        raise not_found()
    if request.method == "DELETE":
        remove_file(found, owner)
        return HttpResponse(status=204)
    return answer(file_shape(found, _dist(found, owner)))


def _owner(release: Release, projects: list[Project]) -> Project:
    """The project that the files are of: the named one, else the release's first."""
    of = set(ReleaseProject.objects.filter(release=release).values_list("project_id", flat=True))
    owner = next((one for one in projects if one.pk in of), None)
    if owner is None:
        raise not_found()
    return owner


def _add(request: HttpRequest, owner: Project, version: str) -> HttpResponse:
    sent = dict(sent_files(request)).get("file")
    if sent is None:
        raise ApiError(400, "Missing uploaded file")
    if (sent.size or 0) > MOST_FILE_BYTES:
        raise ApiError(400, f"The file is larger than {MOST_FILE_BYTES >> 20} MB.")
    name = clean_text(request.POST.get("name") or sent.name, 2001)
    if not name or len(name) > 2000:
        raise ApiError(400, "A file's name has 1 to 2000 characters.")
    dist = clean_text(request.POST.get("dist"), 64)
    try:
        check_room(sent.size or 0)
        file = add_file(
            owner,
            version,
            name=name,
            content=sent.read(),
            headers=dict(_header(one) for one in request.POST.getlist("header")[:50]),
            dist=dist,
        )
    except FileExists as error:
        raise ApiError(409, str(error)) from None
    except NoRoom as error:
        raise ApiError(503, str(error)) from None
    return answer(file_shape(file, dist), status=201)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = clean_text(line, 4000).partition(":")
    if not colon:
        raise ApiError(400, "A header was not formatted correctly")
    return name.strip(), value.strip()


def _dist(file: ArtifactFile, owner: Project) -> str:
    return file.bundle.places.filter(project=owner).values_list("dist", flat=True)[0]


def _both(suffix: str, view: Any) -> list[URLPattern]:
    """A resource below the organisation's release, and below one of a project."""
    return [
        path(f"organizations/<str:organization>/releases/<str:version>/{suffix}", view),
        path(f"projects/<str:organization>/<str:project>/releases/<str:version>/{suffix}", view),
    ]


ROUTES = [*_both("files/", release_files), *_both("files/<str:file>/", release_file)]
