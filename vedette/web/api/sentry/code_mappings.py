"""Code mappings, and where a single frame leads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.projects.models import Project
from vedette.releases.models import Repository
from vedette.sources.links import MOST_MAPPINGS, source_links
from vedette.sources.mapping import InvalidMapping, MappingWish, add_mapping, change_mapping
from vedette.sources.models import CodeMapping
from vedette.sources.paths import frame_place
from vedette.sources.repositories import repositories_of
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import Name, Names, Number, paginate
from vedette.web.api.source_shapes import mapping_shape
from vedette.web.api.typed import Parameters

_PAGE = 100
_Root = Annotated[str, Meta(max_length=500)]
_Id = Annotated[str, Meta(max_length=20)] | Annotated[int, Meta(ge=0, le=2**62)]


class MappingsQuery(OffsetPaging):
    """Of which projects, by id or slug."""

    project: Names = []


class MappingBody(Parameters):
    """A code mapping; what is left out of a PUT stays as it is."""

    project_id: _Id | None = None
    repository_id: _Id | None = None
    stack_root: _Root | None = None
    source_root: _Root | None = None
    default_branch: Annotated[str, Meta(max_length=250)] | None = None

    def wish(self, repository: Repository, held: CodeMapping) -> MappingWish:
        """The mapping as it is to be."""
        names = ("stack_root", "source_root", "default_branch")
        wanted = {name: getattr(self, name) for name in names}
        kept = {
            name: value if value is not None else getattr(held, name)
            for name, value in wanted.items()
        }
        return MappingWish(repository=repository, **kept)


class RootsBody(Parameters):
    """What frames begin with, and the folder that stands for it."""

    stack_root: _Root = ""
    source_root: _Root = ""


class BulkBody(Parameters, kw_only=True):
    """Mappings of a project to a repository by its name, as `sentry-cli code-mappings` sends."""

    project: Name
    repository: Name
    default_branch: Annotated[str, Meta(max_length=250)] | None = None
    mappings: Annotated[list[RootsBody], Meta(min_length=1, max_length=MOST_MAPPINGS)]


class FrameQuery(Parameters):
    """A frame: its file, line and module, and the release it ran in."""

    file: Annotated[str, Meta(max_length=1000)] = ""
    abs_path: Annotated[str, Meta(max_length=1000)] = ""
    module: Annotated[str, Meta(max_length=1000)] = ""
    line_no: Number | None = None
    release: Name = ""


@endpoint(
    get=Action.VIEW_PROJECT, post=Action.ADMINISTER_PROJECT, query=MappingsQuery, body=MappingBody
)
def code_mappings(
    request: HttpRequest,
    caller: Caller,
    query: MappingsQuery,
    body: MappingBody | None,
    organization: str,
) -> HttpResponse:
    """The mappings of the caller's projects; a POST adds one (201)."""
    if body is not None:
        project = _named(caller.projects(organization), str(body.project_id or ""))
        if project is None:
            raise ApiError(400, "projectId: Project does not exist")
        blank = CodeMapping(project=project)
        wish = body.wish(_repository(project, body), blank)
        return answer(mapping_shape(_tried(lambda: add_mapping(project, wish))), status=201)
    held = _mappings(caller, organization)
    wanted = [name for name in query.project if name != "-1"]
    if wanted:
        projects = [one for one in caller.projects(organization) if _is_one_of(one, wanted)]
        held = held.filter(project__in=projects)
    rows, following = query.page(held.order_by("pk"), most=_PAGE)
    return paginate(request, answer([mapping_shape(one) for one in rows]), following=following)


@endpoint(
    get=Action.VIEW_PROJECT,
    put=Action.ADMINISTER_PROJECT,
    delete=Action.ADMINISTER_PROJECT,
    body=MappingBody,
)
def code_mapping(
    request: HttpRequest,
    caller: Caller,
    body: MappingBody | None,
    organization: str,
    mapping: str,
) -> HttpResponse:
    """One mapping; PUT changes it, DELETE removes it."""
    is_id = mapping.isascii() and mapping.isdigit() and len(mapping) < 19
    held = _mappings(caller, organization).filter(pk=int(mapping)).first() if is_id else None
    if held is None:
        raise not_found()
    if request.method == "DELETE":
        held.delete()
        return HttpResponse(status=204)
    if body is not None:
        is_other = body.repository_id is not None
        repository = _repository(held.project, body) if is_other else held.repository
        wish = body.wish(repository, held)
        _tried(partial(change_mapping, held, wish))
    return answer(mapping_shape(held))


@endpoint(post=Action.ADMINISTER_PROJECT, body=BulkBody)
def bulk(request: HttpRequest, caller: Caller, body: BulkBody, organization: str) -> HttpResponse:
    """Add mappings, or change those that have the same stack root; each says what became of it."""
    project = _named(caller.projects(organization), body.project)
    if project is None:
        raise ApiError(404, "Project not found.")
    repository = repositories_of(project.organization).filter(name=body.repository).first()
    if repository is None:
        raise ApiError(404, f"No repository is called {body.repository!r}.")
    done = [_put(project, repository, roots, body.default_branch) for roots in body.mappings]
    states = [str(one["status"]) for one in done]
    return answer(
        {
            "created": states.count("created"),
            "updated": states.count("updated"),
            "errors": states.count("error"),
            "mappings": done,
        },
        status=207 if "error" in states else 200,
    )


@endpoint(get=Action.VIEW_PROJECT, query=FrameQuery)
def stacktrace_link(
    request: HttpRequest, caller: Caller, query: FrameQuery, organization: str, project: str
) -> HttpResponse:
    """Where a frame's line is in its repository, and why not if it is nowhere."""
    links = source_links(caller.project(organization, project), query.release)
    place = frame_place(query.file, query.abs_path, query.module, query.line_no)
    file = links.file(place) if place else None
    link = links.link(place) if place else None
    error = "stack_root_mismatch" if links.mappings else "no_code_mappings"
    return answer(
        {
            "sourceUrl": link.url if link else None,
            "config": mapping_shape(file.mapping) if file else None,
            "error": None if link else "no_repository_address" if file else error,
            "integrations": [],
        }
    )


def _put(
    project: Project, repository: Repository, roots: RootsBody, branch: str | None
) -> dict[str, str]:
    """What became of one mapping, in Sentry's words."""
    said = {"stackRoot": roots.stack_root, "sourceRoot": roots.source_root}
    held = project.code_mappings.filter(stack_root=roots.stack_root.strip()).first()
    wish = MappingWish(
        repository=repository,
        stack_root=roots.stack_root,
        source_root=roots.source_root,
        default_branch=branch or (held.default_branch if held else "main"),
    )
    try:
        if held is not None:
            change_mapping(held, wish)
        else:
            add_mapping(project, wish)
    except InvalidMapping as error:
        return {**said, "status": "error", "detail": str(error)}
    return {**said, "status": "updated" if held else "created"}


def _mappings(caller: Caller, organization: str) -> QuerySet[CodeMapping]:
    held = CodeMapping.objects.filter(project__in=caller.projects(organization))
    return held.select_related("project", "repository")


def _repository(project: Project, body: MappingBody) -> Repository:
    """Raises ApiError 400 for one that the organisation has not."""
    reference = str(body.repository_id or "")
    is_id = reference.isascii() and reference.isdigit() and len(reference) < 19
    found: Repository | None = None
    if is_id:
        found = repositories_of(project.organization).filter(pk=int(reference)).first()
    if found is None:
        raise ApiError(400, "repositoryId: Repository does not exist")
    return found


def _named(projects: list[Project], name: str) -> Project | None:
    return next((one for one in projects if _is_one_of(one, [name])), None)


def _is_one_of(project: Project, names: list[str]) -> bool:
    return project.slug in names or str(project.pk) in names


def _tried(write: Callable[[], CodeMapping]) -> CodeMapping:
    """Raises ApiError 400."""
    try:
        return write()
    except InvalidMapping as error:
        raise ApiError(400, str(error)) from None


_MAPPINGS = "organizations/<str:organization>/code-mappings/"
ROUTES = [
    path(_MAPPINGS, code_mappings),
    path(f"{_MAPPINGS}bulk/", bulk),
    path(f"{_MAPPINGS}<str:mapping>/", code_mapping),
    path("projects/<str:organization>/<str:project>/stacktrace-link/", stacktrace_link),
]
