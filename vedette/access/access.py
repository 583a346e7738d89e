"""`Access`: who asks, the organisations they belong to, and what they may do where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from vedette.access.actions import READING, Action
from vedette.accounts.models import Organization, User
from vedette.accounts.roles import Role
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects


@dataclass(frozen=True, kw_only=True)
class Place:
    """One organisation: the role held there, what it allows, and the projects that are open."""

    organization: Organization
    role: Role
    actions: frozenset[Action]
    projects: tuple[Project, ...]

    @cached_property
    def project_ids(self) -> frozenset[int]:
        """The ids of the projects."""
        return frozenset(project.pk for project in self.projects)


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a person or a token may see and do. Without places it is nothing.

    `user` is None for a token that belongs to an organisation alone; `token` is what that is
    called.
    """

    user: User | None
    places: tuple[Place, ...]
    token: str = ""

    @property
    def name(self) -> str:
        """Who it is, for what is written down of changes: an address, or a token's name."""
        return self.user.email if self.user is not None else f"token {self.token}".rstrip()

    @property
    def asker(self) -> str:
        """Whose share of the store this takes: the person's within that of the organisation.

        Of several organisations it is the one the person has been in longest.
        """
        home = f"organization {self.places[0].organization.pk}" if self.places else ""
        return f"{home}/person {self.user.pk}" if self.user is not None else home

    @property
    def organizations(self) -> list[Organization]:
        """The organisations, oldest membership first."""
        return [place.organization for place in self.places]

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """Every project that is open, whatever may be done with it, by name."""
        found = [project for place in self.places for project in place.projects]
        return tuple(sorted(found, key=lambda project: (project.name, project.pk)))

    def may(self, action: Action, where: Project | Organization | None = None) -> bool:
        """Whether the action is allowed on a project, in an organisation, or anywhere at all."""
        return any(action in place.actions and _is_in(place, where) for place in self.places)

    def organizations_for(self, action: Action) -> list[Organization]:
        """The organisations in which the action is allowed."""
        return [place.organization for place in self.places if action in place.actions]

    def projects_for(self, action: Action) -> tuple[Project, ...]:
        """The projects with which the action is allowed, by name."""
        ids = {pk for place in self.places if action in place.actions for pk in place.project_ids}
        return tuple(project for project in self.projects if project.pk in ids)

    def visible(self, action: Action = Action.VIEW_EVENTS) -> VisibleProjects:
        """What questions to the store and the issues may see for this action."""
        return VisibleProjects.granted(project.pk for project in self.projects_for(action))

    def reference(self, project: Project) -> str:
        """How URLs name a project: its slug, or its id where two organisations share a slug."""
        return project.slug if self._slugs[project.slug] < 2 else str(project.pk)

    @cached_property
    def _slugs(self) -> Counter[str]:
        return Counter(project.slug for project in self.projects)

    def reading_only(self) -> Access:
        """The same without anything that changes something."""
        return self.limited_to(READING)

    def limited_to(self, actions: frozenset[Action]) -> Access:
        """The same with these actions at most."""
        places = (
            Place(
                organization=place.organization,
                role=place.role,
                actions=place.actions & actions,
                projects=place.projects,
            )
            for place in self.places
        )
        return Access(user=self.user, places=tuple(places), token=self.token)


NOTHING = Access(user=None, places=())


def _is_in(place: Place, where: Project | Organization | None) -> bool:
    if where is None:
        return True
    if isinstance(where, Organization):
        return place.organization.pk == where.pk
    return where.pk in place.project_ids
