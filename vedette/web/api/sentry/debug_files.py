"""Debug files of a project: listed, sent as a zip by older clients, deleted."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta, field

from vedette.access.actions import Action
from vedette.artifacts.chunks import MOST_FILE_BYTES
from vedette.artifacts.debug_files import remove_debug_file, take_debug_archive
from vedette.artifacts.models import DebugFile
from vedette.artifacts.storage import NoRoom, check_room
from vedette.issues.cursors import read_offset
from vedette.web.api.access import Caller
from vedette.web.api.artifact_bodies import UPLOAD_SECONDS, debug_file_shape, sent_files
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.parameters import paginate
from vedette.web.api.typed import Parameters

_PAGE = 100


class DebugFilesQuery(Parameters):
    """Which debug files; `id` names the one that a DELETE removes."""

    debug_id: Annotated[str, Meta(max_length=100)] = field(default="", name="debug_id")
    code_id: Annotated[str, Meta(max_length=100)] = field(default="", name="code_id")
    query: Annotated[str, Meta(max_length=200, description="Part of a name or an id.")] = ""
    id: Annotated[str, Meta(pattern=r"^[0-9]{0,18}$")] = ""
    cursor: Annotated[
        str, Meta(pattern=r"^(o:[0-9]{1,9})?$", description="From the Link header.")
    ] = ""


@endpoint(
    get=Action.VIEW_RELEASES,
    post=Action.MANAGE_RELEASES,
    delete=Action.MANAGE_RELEASES,
    query=DebugFilesQuery,
    seconds=UPLOAD_SECONDS,
)
def debug_files(
    request: HttpRequest, caller: Caller, query: DebugFilesQuery, organization: str, project: str
) -> HttpResponse:
    """The debug files, the newest first; a POST takes a zip of them or a single one, in a form
    (201), a DELETE removes the one of `id` (204)."""
    owner = caller.project(organization, project)
    files = DebugFile.objects.filter(project=owner)
    if request.method == "DELETE":
        found = files.filter(pk=int(query.id or 0)).first()
        if found is None:
            raise not_found()
        remove_debug_file(found)
        return HttpResponse(status=204)
    if request.method == "POST":
        sent = dict(sent_files(request)).get("file")
        if sent is None:
            raise ApiError(400, "Missing uploaded file")
        if (sent.size or 0) > MOST_FILE_BYTES:
            raise ApiError(400, f"The file is larger than {MOST_FILE_BYTES >> 20} MB.")
        try:
            check_room(sent.size or 0)
            made = take_debug_archive(owner, sent.name or "upload", sent.chunks())
        except ValueError as error:
            raise ApiError(400, str(error)) from None
        except NoRoom as error:
            raise ApiError(503, str(error)) from None
        return answer([debug_file_shape(one) for one in made], status=201)
    offset = read_offset(query.cursor)
    rows = list(_matching(files, query).order_by("-pk")[offset : offset + _PAGE + 1])
    following = f"o:{offset + _PAGE}" if len(rows) > _PAGE else None
    shapes = [debug_file_shape(one) for one in rows[:_PAGE]]
    return paginate(request, answer(shapes), following=following)


def _matching(files: QuerySet[DebugFile], query: DebugFilesQuery) -> QuerySet[DebugFile]:
    if query.debug_id:
        files = files.filter(debug_id=query.debug_id.lower())
    if query.code_id:
        files = files.filter(code_id=query.code_id.lower())
    if query.query:
        part = query.query
        any_of = Q(name__icontains=part) | Q(debug_id__icontains=part) | Q(code_id__icontains=part)
        files = files.filter(any_of)
    return files


ROUTES = [path("projects/<str:organization>/<str:project>/files/dsyms/", debug_files)]
