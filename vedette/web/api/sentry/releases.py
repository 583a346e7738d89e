"""Releases: the list, and one release, reported and changed as sentry-cli does."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from vedette import clock
from vedette.access.actions import Action
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.releases.changes import (
    Wish,
    add_projects,
    change_release,
    changing,
    remove_release,
    report_release,
)
from vedette.releases.commits import set_commits, set_heads
from vedette.releases.figures import facts_of
from vedette.releases.models import RELEASED, Release
from vedette.releases.names import InvalidRelease
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.parameters import Filter, Name, Paging, Text, paginate
from vedette.web.api.release_bodies import ChangeBody, NewBody, named_projects
from vedette.web.api.release_health import health_shapes
from vedette.web.api.release_shapes import release_shape
from vedette.web.api.releases import find_release, projects_of, visible_releases

_MOST_SKIPPED = 100_000


class ReleasesQuery(Paging):
    """Which releases, the newest first; `query` is what a version contains."""

    query: Text = ""
    status: Literal["", "open", "archived"] = ""
    sort: Literal["", "date", "semver"] = ""


@endpoint(get=Action.VIEW_RELEASES, post=Action.MANAGE_RELEASES, query=ReleasesQuery, body=NewBody)
def releases(
    request: HttpRequest,
    caller: Caller,
    query: ReleasesQuery,
    body: NewBody | None,
    organization: str,
    project: str = "",
) -> HttpResponse:
    """The releases of an organisation or a project; a POST reports one.

    Answers 201 for a new release and 208 for one that is there already.
    """
    if body is None:
        return _list(request, caller, query, organization, project)
    with changing(caller.organization(organization)):
        release, is_new = _report(caller, body, organization, project)
    return _answer(caller, release, organization, status=201 if is_new else 208)


class ReleaseQuery(Filter):
    """With `health=1` each project has its sessions: of `summaryStatsPeriod`, by default 14d."""

    health: Literal["", "0", "1"] = ""
    summary_stats_period: Name = ""


@endpoint(
    get=Action.VIEW_RELEASES,
    put=Action.MANAGE_RELEASES,
    delete=Action.MANAGE_RELEASES,
    query=ReleaseQuery,
    body=ChangeBody,
)
def show_release(
    request: HttpRequest,
    caller: Caller,
    query: ReleaseQuery,
    body: ChangeBody | None,
    organization: str,
    version: str,
    project: str = "",
) -> HttpResponse:
    """One release; a PUT changes what it says, a DELETE takes it from the caller's projects."""
    if request.method == "PUT" and body is not None:
        with changing(caller.organization(organization)):
            release = _change(caller, body, organization, version, project)
    elif request.method == "DELETE":
        with changing(caller.organization(organization)):
            release = find_release(caller, organization, version, project)
            remove_release(release, projects_of(caller, organization, project))
        return HttpResponse(status=204)
    else:
        release = find_release(caller, organization, version, project)
    if request.method == "GET" and query.health == "1":
        return _with_health(caller, release, query, organization)
    return _answer(caller, release, organization)


def _with_health(
    caller: Caller, release: Release, query: ReleaseQuery, organization: str
) -> HttpResponse:
    visible = caller.visible(organization)
    scope = query.scope(
        visible, caller.projects(organization), default=query.summary_stats_period or "14d"
    )
    health = health_shapes(scope, release.version)
    shape = release_shape(release, facts_of([release], visible)[release.pk])
    for one in shape["projects"]:
        data = health.get(one["id"])
        one["healthData"] = data
        one["hasHealthData"] = bool(data and data["hasHealthData"])
    return answer(shape)


def _list(
    request: HttpRequest, caller: Caller, query: ReleasesQuery, organization: str, project: str
) -> HttpResponse:
    chosen = projects_of(caller, organization, project)
    scope = query.scope(caller.visible(organization), chosen)
    found = visible_releases(caller, organization, project)
    if query.project or query.environment:
        found = found.filter(in_projects__project__in=list(scope.visible)).distinct()
    if query.environment:
        found = found.filter(
            environments__environment__in=query.environment,
            environments__project__in=list(scope.visible),
        ).distinct()
    if query.query:
        found = found.filter(version__icontains=query.query)
    if query.status:
        found = found.filter(status=query.status)
    offset = min(read_offset(query.cursor), _MOST_SKIPPED)
    limit = query.size(default=100, most=100)
    order = (
        ("-version_order", "-build_order", "-pk")
        if query.sort == "semver"
        else (RELEASED.desc(), "-pk")
    )
    rows = list(found.order_by(*order)[offset : offset + limit + 1])
    facts = facts_of(rows[:limit], caller.visible(organization))
    return paginate(
        request,
        answer([release_shape(one, facts[one.pk]) for one in rows[:limit]]),
        following=f"o:{offset + limit}" if len(rows) > limit else None,
        previous=f"o:{max(0, offset - limit)}" if offset else None,
    )


def _report(caller: Caller, body: NewBody, organization: str, project: str) -> tuple[Release, bool]:
    projects = _wanted(caller, body, organization, project)
    if not projects:
        # only a release that is there already needs no projects: it is archived, say
        release = find_release(caller, organization, body.version)
        return _apply(change_release(release, body.wish()), body), False
    try:
        release, is_new = report_release(
            caller.organization(organization), body.version, projects=projects, wish=body.wish()
        )
    except InvalidRelease as error:
        raise ApiError(400, f"Invalid release name: {error}") from None
    return _apply(release, body), is_new


def _change(
    caller: Caller, body: ChangeBody, organization: str, version: str, project: str
) -> Release:
    """A PUT. With projects it makes the release, which is how sentry-cli finalizes one."""
    projects = _wanted(caller, body, organization, project)
    found = visible_releases(caller, organization).filter(version=version.strip()).first()
    if found is None and not projects:
        raise not_found()
    if found is None:
        try:
            found, _ = report_release(
                caller.organization(organization), version, projects=projects, wish=Wish()
            )
        except InvalidRelease as error:
            raise ApiError(400, f"Invalid release name: {error}") from None
    add_projects(found, projects, at=clock.now())
    return _apply(change_release(found, body.wish()), body)


def _wanted(caller: Caller, body: ChangeBody, organization: str, project: str) -> list[Project]:
    named = named_projects(caller, organization, body.projects)
    if project:
        named.append(caller.project(organization, project))
    return named


def _apply(release: Release, body: ChangeBody) -> Release:
    """Write the commits and heads that were sent."""
    sent = body.sent_commits(release.organization.slug)
    if sent is not None:
        set_commits(release, sent)
    if body.refs:
        set_heads(release, body.sent_heads())
    return release


def _answer(
    caller: Caller, release: Release, organization: str, *, status: int = 200
) -> HttpResponse:
    facts = facts_of([release], caller.visible(organization))
    return answer(release_shape(release, facts[release.pk]), status=status)


def _both(suffix: str, view: Any) -> list[URLPattern]:
    """A resource below the organisation, and below one project of it."""
    return [
        path(f"organizations/<str:organization>/releases/{suffix}", view),
        path(f"projects/<str:organization>/<str:project>/releases/{suffix}", view),
    ]


ROUTES = [*_both("", releases), *_both("<str:version>/", show_release)]
