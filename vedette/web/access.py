"""Who is looking and what they may see: the one place where pages are scoped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from vedette.accounts.models import Membership, Organization, Role, User
from vedette.projects.models import Project
from vedette.web.routing import Permission, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A signed-in person, their organisations, and every project they may see."""

    user: User
    memberships: tuple[Membership, ...]
    projects: tuple[Project, ...]

    @property
    def organizations(self) -> list[Organization]:
        """The organisations the person belongs to, oldest membership first."""
        return [membership.organization for membership in self.memberships]

    @property
    def managed(self) -> list[Organization]:
        """The organisations whose projects the person may create and change."""
        managing = (Role.OWNER, Role.ADMIN)
        return [held.organization for held in self.memberships if held.role in managing]

    def can_manage(self, project: Project) -> bool:
        """Whether the person may change this project's keys and settings."""
        return any(owned.pk == project.organization_id for owned in self.managed)

    def reference(self, project: Project) -> str:
        """How URLs name a project: its slug, or its id where two organisations share a slug."""
        same = Counter(seen.slug for seen in self.projects)
        return project.slug if same[project.slug] < 2 else str(project.pk)

    def project(self, reference: str) -> Project:
        """The visible project named by slug or id. Raises Http404 for any other."""
        for project in self.projects:
            if self.reference(project) == reference or str(project.pk) == reference:
                return project
        raise Http404("no such project")


def load_viewer(user: User) -> Viewer:
    """What this person may see, in two queries."""
    memberships = tuple(
        user.memberships.select_related("organization").order_by("created_at", "id")
    )
    owners = [membership.organization_id for membership in memberships]
    projects = Project.objects.filter(organization__in=owners).select_related("organization")
    return Viewer(
        user=user, memberships=memberships, projects=tuple(projects.order_by("name", "id"))
    )


def admit(route: Route) -> Callable[..., HttpResponseBase]:
    """The route's view behind its permission: sign in first, and only members go further."""

    @wraps(route.view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if route.permission is Permission.PUBLIC:
            return route.view(request, **arguments)
        user = request.user
        if not isinstance(user, User):
            return _ask_to_sign_in(request)
        viewer = load_viewer(user)
        request.viewer = viewer  # type: ignore[attr-defined]
        if route.permission is Permission.MEMBER and not viewer.memberships:
            raise PermissionDenied("not a member of any organisation")
        return route.view(request, viewer, **arguments)

    return guarded


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A fragment cannot hold the sign-in page, so HTMX is told to load the whole page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    target = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(target)
