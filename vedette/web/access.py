"""Who is looking and what they may see: the one place where pages are scoped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import Http404

from vedette.accounts.models import Membership, Organization, Role, User
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A signed-in person, their organisations, and every project they may see."""

    user: User
    memberships: tuple[Membership, ...]
    projects: tuple[Project, ...]

    @property
    def visible(self) -> VisibleProjects:
        """What questions to the store and the issues may see for this person."""
        return VisibleProjects.granted(project.pk for project in self.projects)

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
