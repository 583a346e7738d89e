"""Who is looking at a page: `Access` with the refusals of pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from vedette.access.access import Access
from vedette.access.actions import Action
from vedette.accounts.models import Organization, User
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A signed-in person on a route, which needs `action`; None for their own affairs."""

    user: User
    access: Access
    action: Action | None = None

    @property
    def visible(self) -> VisibleProjects:
        """What questions to the store and the issues may see for this person."""
        return self.access.visible()

    @property
    def projects(self) -> tuple[Project, ...]:
        """Every project that is open to the person, by name."""
        return self.access.projects

    @property
    def organizations(self) -> list[Organization]:
        """The organisations the person belongs to, oldest membership first."""
        return self.access.organizations

    def may(self, action: Action, where: Project | Organization | None = None) -> bool:
        """Whether the person may do this to a project, in an organisation, or anywhere."""
        return self.access.may(action, where)

    @property
    def manages_installation(self) -> bool:
        """Whether the person may change what holds for everybody here."""
        return self.may(Action.MANAGE_INSTALLATION)

    def reference(self, project: Project) -> str:
        """How URLs name a project: its slug, or its id where two organisations share a slug."""
        return self.access.reference(project)

    def project(self, reference: str) -> Project:
        """The project named by slug or id, on which the route's action is allowed.

        Raises Http404 for one that is not open, PermissionDenied where the action is not allowed.
        """
        for project in self.projects:
            if reference in (self.reference(project), str(project.pk)):
                if self.action and not self.may(self.action, project):
                    raise PermissionDenied(f"you may not {self.action} {project}")
                return project
        raise Http404("no such project")

    def organization(self, reference: str) -> Organization:
        """The organisation with this slug, in which the route's action is allowed.

        Raises Http404 for a foreign one, PermissionDenied where the action is not allowed.
        """
        for organization in self.organizations:
            if organization.slug == reference:
                if self.action and not self.may(self.action, organization):
                    raise PermissionDenied(f"you may not {self.action} {organization}")
                return organization
        raise Http404("no such organisation")
