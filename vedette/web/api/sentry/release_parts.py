"""What belongs to a release: commits, their files, deploys, and the release before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from msgspec import Meta, field

from vedette.access.actions import Action
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.releases.changes import changing, report_deploy
from vedette.releases.commits import commits_of, files_of, previous_with_commits
from vedette.releases.figures import facts_of
from vedette.releases.models import Deploy, Release
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.parameters import Number, paginate
from vedette.web.api.release_bodies import DeployBody, clean_text, named_projects, read_time
from vedette.web.api.release_shapes import (
    commit_shape,
    deploy_shape,
    file_shape,
    release_shape,
)
from vedette.web.api.releases import find_release
from vedette.web.api.typed import Parameters

_COMMITS = 1000
_Row = TypeVar("_Row")


class CommitsQuery(Parameters):
    """A page of commits or files; `limit` and `per_page` mean the same."""

    cursor: Annotated[
        str, Meta(pattern=r"^(o:[0-9]{1,9})?$", description="From the Link header.")
    ] = ""
    limit: Number | None = None
    per_page: Number | None = field(default=None, name="per_page")

    @property
    def size(self) -> int:
        """How many commits to give: sentry-cli asks for one page only, so it is a large one."""
        wanted = next((one for one in (self.limit, self.per_page) if one is not None), _COMMITS)
        return max(1, min(wanted, _COMMITS))

    @property
    def offset(self) -> int:
        """How many rows are skipped."""
        return read_offset(self.cursor)

    def page(self, found: Sequence[_Row]) -> tuple[Sequence[_Row], str | None]:
        """The rows of this page, of which one more was asked for, and the cursor of the next."""
        is_more = len(found) > self.size
        return found[: self.size], f"o:{self.offset + self.size}" if is_more else None


@endpoint(get=Action.VIEW_RELEASES, query=CommitsQuery)
def list_commits(
    request: HttpRequest,
    caller: Caller,
    query: CommitsQuery,
    organization: str,
    version: str,
    project: str = "",
) -> HttpResponse:
    """The release's commits, the newest first."""
    release = find_release(caller, organization, version, project)
    found = commits_of(release, most=query.size + 1, offset=query.offset)
    commits, following = query.page(found)
    shapes = [commit_shape(commit) for commit in commits]
    return paginate(request, answer(shapes), following=following)


@endpoint(get=Action.VIEW_RELEASES, query=CommitsQuery)
def list_commit_files(
    request: HttpRequest, caller: Caller, query: CommitsQuery, organization: str, version: str
) -> HttpResponse:
    """The files that the release's commits changed, those of the newest commit first."""
    release = find_release(caller, organization, version)
    files, following = query.page(files_of(release, most=query.size + 1, offset=query.offset))
    shapes = [file_shape(file) for file in files]
    return paginate(request, answer(shapes), following=following)


@endpoint(get=Action.VIEW_RELEASES)
def show_previous(
    request: HttpRequest, caller: Caller, organization: str, version: str
) -> HttpResponse:
    """The newest release before this one that has commits; an empty object for none."""
    visible = caller.visible(organization)
    found = previous_with_commits(find_release(caller, organization, version), visible)
    if found is None:
        return answer({})
    return answer(release_shape(found, facts_of([found], visible)[found.pk]))


@endpoint(get=Action.VIEW_RELEASES, post=Action.MANAGE_RELEASES, body=DeployBody)
def deploys(
    request: HttpRequest,
    caller: Caller,
    body: DeployBody | None,
    organization: str,
    version: str,
) -> HttpResponse:
    """Where the release was brought, the newest first; a POST reports a deploy (201)."""
    if body is not None:
        with changing(caller.organization(organization)):
            return answer(deploy_shape(_report(caller, body, organization, version)), status=201)
    mine = Deploy.objects.filter(
        release=find_release(caller, organization, version),
        projects__in=list(caller.visible(organization)),
    ).distinct()
    shapes = [deploy_shape(one) for one in mine.order_by("-finished_at", "-pk")]
    return paginate(request, answer(shapes), following=None)


@endpoint(get=Action.VIEW_RELEASES)
def list_repositories(request: HttpRequest, caller: Caller, organization: str) -> HttpResponse:
    """The repositories that Vedette reads itself: none, so clients send the commits."""
    caller.organization(organization)
    return paginate(request, answer([]), following=None)


def _report(caller: Caller, body: DeployBody, organization: str, version: str) -> Deploy:
    """The deploy, of the projects that are named, or else of all the release's."""
    release = find_release(caller, organization, version)
    named = named_projects(caller, organization, body.projects)
    return report_deploy(
        release,
        clean_text(body.environment, 64),
        projects=named or _projects(release, caller.projects(organization)),
        name=clean_text(body.name, 250),
        url=clean_text(body.url, 2000),
        started_at=read_time(body.date_started, "dateStarted"),
        finished_at=read_time(body.date_finished, "dateFinished"),
    )


def _projects(release: Release, among: Sequence[Project]) -> list[Project]:
    mine = set(release.in_projects.values_list("project_id", flat=True))
    return [project for project in among if project.pk in mine]


def _below(suffix: str, view: Any) -> URLPattern:
    made: URLPattern = path(
        f"organizations/<str:organization>/releases/<str:version>/{suffix}", view
    )
    return made


ROUTES = [
    path("organizations/<str:organization>/repos/", list_repositories),
    _below("commits/", list_commits),
    path("projects/<str:organization>/<str:project>/releases/<str:version>/commits/", list_commits),
    _below("commitfiles/", list_commit_files),
    _below("previous-with-commits/", show_previous),
    _below("deploys/", deploys),
]
