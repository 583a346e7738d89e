"""Where something is set, and what else counts there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.accounts.models import Organization
from vedette.options import Level
from vedette.projects.models import Project, ProjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The installation, or one organisation, project or key. Only one of them is given."""

    organization: Organization | None = None
    project: Project | None = None
    key: ProjectKey | None = None

    @property
    def level(self) -> Level:
        """Which of the four it is."""
        if self.key is not None:
            return Level.KEY
        if self.project is not None:
            return Level.PROJECT
        return Level.ORGANIZATION if self.organization is not None else Level.INSTALLATION

    @property
    def columns(self) -> dict[str, Any]:
        """What a row of this place names, and of its changes."""
        return {"organization": self.organization, "project": self.project, "key": self.key}

    @property
    def owner(self) -> Organization | None:
        """The organisation that it belongs to; None for the installation."""
        if self.key is not None:
            return self.key.project.organization
        return self.project.organization if self.project is not None else self.organization

    @property
    def name(self) -> str:
        """As people call it."""
        if self.key is not None:
            return f"{self.key.project.slug}, key {self.key.label}"
        if self.project is not None:
            return self.project.slug
        return self.organization.slug if self.organization is not None else "installation"

    def chain(self) -> tuple[Place, ...]:
        """The installation, and so on down to this place."""
        if self.key is not None:
            return (*Place(project=self.key.project).chain(), self)
        if self.project is not None:
            return (*Place(organization=self.project.organization).chain(), self)
        return (Place(), self) if self.organization is not None else (self,)
