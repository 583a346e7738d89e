"""One release: what is new, came back or was resolved in it, its commits, deploys and places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.issues.shapes import Scope
from vedette.releases.changes import Wish, change_release, changing
from vedette.releases.commits import commits_of
from vedette.releases.contents import (
    Comparison,
    IssueSet,
    compare,
    environments_of,
    find_release,
    new_issues,
    other_releases,
    previous_of,
    regressed_issues,
    resolved_issues,
)
from vedette.releases.counting import events_by_environment, series
from vedette.releases.figures import Facts, facts_of
from vedette.releases.health import Health, health_of
from vedette.releases.listing import use_of
from vedette.releases.models import (
    Deploy,
    Release,
    ReleaseEnvironment,
    ReleaseHead,
    ReleaseStatus,
)
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, bar_chart
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.release.commits import MOST_COMMITS, CommitView, make_commits
from vedette.web.pages.release.sessions import SessionsView, make_sessions
from vedette.web.release_links import release_path, with_releases
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import shared_filter

_MOST_DEPLOYS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A list of issues with its heading, and what it says where there are none."""

    name: str
    title: str
    found: IssueSet
    none: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An environment of a project in which the release was seen, with its events of the range."""

    seen: ReleaseEnvironment
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the release can be compared with, the one before it, and a comparison."""

    others: list[Release]
    previous: Release | None
    comparison: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContext:
    """What the page shows."""

    release: Release
    facts: Facts
    link: str
    events: int
    users: int
    share: float
    health: Health | None  # None for too many sessions to count
    sessions: SessionsView | None
    chart: BarChart
    parts: list[Part]
    commits: list[CommitView]
    commit_count: int
    deploys: list[Deploy]
    heads: list[ReleaseHead]
    places: list[Place]
    compared: Compared
    may_change: bool
    period_name: str


def release_page(request: HttpRequest, viewer: Viewer, version: str) -> HttpResponse:
    """The page; `compare` names the release that it is compared with."""
    shared = shared_filter(request, viewer)
    release = find_release(shared.scope.visible, version) or find_release(viewer.visible, version)
    if release is None:
        raise Http404("no such release")
    scope = _scope_of(release, shared.scope, viewer)
    facts = facts_of([release], scope.visible)[release.pk]
    buckets, users = series(scope, release.version)
    events = sum(bucket.count for bucket in buckets)
    compared = _compared(release, scope, request.GET.get("compare", ""))
    health, sessions = _health(release, compared.previous, scope)
    context = ReleaseContext(
        release=release,
        facts=facts,
        link=release.url if release.url.startswith(("https://", "http://")) else "",
        events=events,
        users=users,
        share=use_of(scope).share(facts, health or Health(), events),
        health=health,
        sessions=sessions,
        chart=with_releases(bar_chart(buckets), scope, shared.query),
        parts=_parts(release, scope),
        commits=make_commits(commits_of(release, most=MOST_COMMITS)),
        commit_count=facts.commit_count,
        deploys=_deploys(release, scope),
        heads=list(release.heads.select_related("repository").order_by("repository__name")),
        places=_places(release, scope),
        compared=compared,
        may_change=any(viewer.may(Action.MANAGE_RELEASES, one) for one in facts.projects),
        period_name=shared.period_name,
    )
    return show(request, "pages/release/page.html", context, section="releases")


def _health(
    release: Release, previous: Release | None, scope: Scope
) -> tuple[Health | None, SessionsView | None]:
    """How its sessions ended, and what the page shows of them if there are any."""
    try:
        health = health_of(scope, release.version)
        return health, make_sessions(release, previous, scope) if health.sessions else None
    except BadQuery:
        return None, None


def change_status(request: HttpRequest, viewer: Viewer, version: str) -> HttpResponse:
    """POST: archive the release, or open it again."""
    asked = request.POST.get("organization", "")
    visible = viewer.access.visible(Action.MANAGE_RELEASES)
    release = find_release(visible, version, asked)
    if release is None:
        raise Http404("no such release")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    is_archived = request.POST.get("status") == ReleaseStatus.ARCHIVED
    status = ReleaseStatus.ARCHIVED if is_archived else ReleaseStatus.OPEN
    with changing(release.organization):
        change_release(release, Wish(status=status))
    words = "archived" if is_archived else "open again"
    put_flash(request, Flash(text=f"Release {release.version} is {words}."))
    return redirect(release_path(release.version)[0])


def _scope_of(release: Release, scope: Scope, viewer: Viewer) -> Scope:
    """The shared filter within the release's projects; all of these if it names none of them."""
    mine = list(release.in_projects.values_list("project_id", flat=True))
    chosen = [pk for pk in scope.visible if pk in mine]
    return replace(scope, visible=viewer.visible.only(chosen or mine))


def _parts(release: Release, scope: Scope) -> list[Part]:
    visible = scope.visible
    return [
        Part(
            name="new",
            title="New issues",
            found=new_issues(release, visible),
            none="No issue began with this release.",
        ),
        Part(
            name="regressed",
            title="Regressed issues",
            found=regressed_issues(release, visible),
            none="No resolved issue came back with it.",
        ),
        Part(
            name="resolved",
            title="Resolved issues",
            found=resolved_issues(release, visible),
            none="No issue was resolved by it.",
        ),
    ]


def _compared(release: Release, scope: Scope, asked: str) -> Compared:
    """The comparison with the release that was asked for, or else with the one before."""
    others = other_releases(release, scope.visible)
    previous = previous_of(release, others)
    found = find_release(scope.visible, asked) if asked not in ("", release.version) else None
    other = found or previous
    if other is not None and other not in others:
        others.append(other)
    made = compare(release, other, scope.visible, scope.environments) if other else None
    return Compared(others=others, previous=previous, comparison=made)


def _places(release: Release, scope: Scope) -> list[Place]:
    counts = events_by_environment(scope, release.version)
    return [
        Place(seen=seen, events=counts.get((seen.project_id, seen.environment), 0))
        for seen in environments_of(release, scope.visible)
    ]


def _deploys(release: Release, scope: Scope) -> list[Deploy]:
    mine = release.deploys.filter(projects__in=list(scope.visible)).distinct()
    return list(mine.order_by("-finished_at", "-pk")[:_MOST_DEPLOYS])


PAGE = Page(
    routes=(
        Route(
            path="releases/<str:version>/",
            name="release",
            view=release_page,
            action=Action.VIEW_RELEASES,
        ),
        Route(
            path="releases/<str:version>/status/",
            name="release-status",
            view=change_status,
            action=Action.MANAGE_RELEASES,
        ),
    )
)
