"""Waiting for a project's first event; the page turns into the issue by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from vedette import clock
from vedette.access.actions import Action
from vedette.issues import reading
from vedette.projects.models import Project
from vedette.projects.snippets import Snippet, make_snippets
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import PERIODS


@dataclass(frozen=True, slots=True, kw_only=True)
class StartContext:
    """What the page shows; without an active key there is no DSN to paste."""

    project: Project
    reference: str
    dsn: str
    snippets: list[Snippet]
    chosen: Snippet | None
    issue_address: str
    can_manage: bool


def start(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The page; `?platform=` chooses the snippet."""
    project = viewer.project(slug)
    key = project.keys.filter(is_active=True).order_by("id").first()
    dsn = key.dsn(settings.CONFIG.base_url) if key else ""
    snippets = make_snippets(dsn) if dsn else []
    wanted = request.GET.get("platform") or project.platform
    chosen = next((made for made in snippets if made.platform == wanted), None)
    context = StartContext(
        project=project,
        reference=viewer.reference(project),
        dsn=dsn,
        snippets=snippets,
        chosen=chosen or (snippets[0] if snippets else None),
        issue_address=_first_issue(viewer, project),
        can_manage=viewer.may(Action.ADMINISTER_PROJECT, project),
    )
    return show(request, "pages/project_start/page.html", context, section="projects")


def arrival(request: HttpRequest, viewer: Viewer, slug: str) -> HttpResponse:
    """The fragment asked for every two seconds: once an event is there, go to its issue."""
    project = viewer.project(slug)
    address = _first_issue(viewer, project)
    if address:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return show(request, "pages/project_start/_waiting.html", None)


def _first_issue(viewer: Viewer, project: Project) -> str:
    """The newest issue's page, once there is one."""
    now = clock.now()
    period = reading.Period(start=now - PERIODS["90d"][1], end=now, label="90d")
    scope = reading.Scope(visible=viewer.visible.only([project.pk]), period=period)
    found = reading.list_issues(scope, query="", limit=1)
    return reverse("issue", args=[found.rows[0].issue.pk]) if found.rows else ""


PAGE = Page(
    routes=(
        Route(path="projects/<slug:slug>/start/", name="project-start", view=start),
        Route(path="projects/<slug:slug>/arrival/", name="project-arrival", view=arrival),
    )
)
