"""An organisation's repositories and their commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.releases.models import Repository
from vedette.sources.repositories import (
    InvalidRepository,
    RepositoryWish,
    add_repository,
    change_repository,
    commits_seen,
    repositories_seen,
)
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.offsets import OffsetPaging
from vedette.web.api.parameters import Text, paginate
from vedette.web.api.release_bodies import Link, clean_text
from vedette.web.api.release_shapes import commit_shape
from vedette.web.api.source_shapes import repository_shape
from vedette.web.api.typed import Parameters

_PAGE = 100


class RepositoriesQuery(OffsetPaging):
    """Which repositories."""

    query: Text = ""


class RepositoryBody(Parameters):
    """What is said of a repository; what is left out stays as it is.

    `provider` is one of github, gitlab, bitbucket, bitbucket_server, gitea and template; without
    one the address tells it. The templates are those of `template`.
    """

    cleans_text: ClassVar[bool] = True
    name: Annotated[str, Meta(max_length=200)] | None = None
    url: Link | None = None
    provider: Annotated[str, Meta(max_length=64)] | None = None
    template: Link | None = None
    commit_template: Link | None = None

    def wish(self, held: Repository) -> RepositoryWish:
        """The repository as it is to be."""
        names = ("name", "url", "provider", "template", "commit_template")
        wanted = {name: getattr(self, name) for name in names}
        if self.provider:
            wanted["provider"] = self.provider.rpartition(":")[2]
        elif self.url is not None:
            wanted["provider"] = ""  # the new address tells it
        kept = {
            name: clean_text(value, 2000) if value is not None else getattr(held, name)
            for name, value in wanted.items()
        }
        return RepositoryWish(**kept)


@endpoint(
    get=Action.VIEW_RELEASES,
    post=Action.ADMINISTER_PROJECT,
    query=RepositoriesQuery,
    body=RepositoryBody,
)
def repositories(
    request: HttpRequest,
    caller: Caller,
    query: RepositoriesQuery,
    body: RepositoryBody | None,
    organization: str,
) -> HttpResponse:
    """The repositories by name; a POST adds one (201)."""
    owner = caller.organization(organization)
    if body is not None:
        wish = body.wish(Repository(organization=owner))
        return answer(repository_shape(_tried(lambda: add_repository(owner, wish))), status=201)
    found = _seen(caller, organization)
    if query.query:
        found = found.filter(name__icontains=query.query)
    rows, following = query.page(found, most=_PAGE)
    return paginate(request, answer([repository_shape(one) for one in rows]), following=following)


@endpoint(
    get=Action.VIEW_RELEASES,
    put=Action.ADMINISTER_PROJECT,
    delete=Action.ADMINISTER_PROJECT,
    body=RepositoryBody,
)
def repository(
    request: HttpRequest,
    caller: Caller,
    body: RepositoryBody | None,
    organization: str,
    repository: str,
) -> HttpResponse:
    """One repository; PUT changes it, DELETE removes it with its commits."""
    held = _find(caller, organization, repository)
    if request.method == "DELETE":
        held.delete()
        return HttpResponse(status=204)
    if body is not None and request.method == "PUT":
        wish = body.wish(held)
        held = _tried(lambda: change_repository(held, wish))
    return answer(repository_shape(held))


@endpoint(get=Action.VIEW_RELEASES, query=OffsetPaging)
def list_commits(
    request: HttpRequest,
    caller: Caller,
    query: OffsetPaging,
    organization: str,
    repository: str,
) -> HttpResponse:
    """The repository's commits that releases of the caller's projects hold, the newest first."""
    held = _find(caller, organization, repository)
    rows, following = query.page(commits_seen(held, caller.visible(organization)), most=_PAGE)
    return paginate(request, answer([commit_shape(one) for one in rows]), following=following)


def _seen(caller: Caller, organization: str) -> QuerySet[Repository]:
    return repositories_seen(caller.organization(organization), caller.visible(organization))


def _find(caller: Caller, organization: str, reference: str) -> Repository:
    """By id. Raises ApiError 404."""
    if not (reference.isascii() and reference.isdigit() and len(reference) < 19):
        raise not_found()
    found = _seen(caller, organization).filter(pk=int(reference)).first()
    if found is None:
        raise not_found()
    return found


def _tried(write: Callable[[], Repository]) -> Repository:
    """Raises ApiError 400."""
    try:
        return write()
    except InvalidRepository as error:
        raise ApiError(400, str(error)) from None


_REPOSITORIES = "organizations/<str:organization>/repos/"
ROUTES = [
    path(_REPOSITORIES, repositories),
    path(f"{_REPOSITORIES}<str:repository>/", repository),
    path(f"{_REPOSITORIES}<str:repository>/commits/", list_commits),
]
