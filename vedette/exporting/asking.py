"""What somebody asks to export: of which projects, which datasets, when, by which search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vedette.accounts.models import Organization
from vedette.exporting import metadata, telemetry
from vedette.exporting.shapes import ExportError, Part
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import clamped, kept
from vedette.projects.models import Project
from vedette.store.visible import VisibleProjects

ALL = "all"
ISSUES = "issues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An export of an organisation by its operator, who may have everything of it.

    Without `start` and `end` it is whatever is kept; `query` is about telemetry.
    """

    organization: Organization
    projects: Sequence[Project]
    dataset: str = ALL
    query: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @property
    def scope(self) -> Scope:
        """Its projects and times."""
        oldest, newest = kept()
        period = Period(start=self.start or oldest, end=self.end or newest, label="export")
        visible = VisibleProjects.of_system().only(one.pk for one in self.projects)
        return Scope(visible=visible, period=clamped(period))

    def parts(self) -> list[Part]:
        """Everything with `all`, else one dataset. Raises ExportError and SearchError."""
        if self.dataset != ALL:
            return [part(self.dataset, self.projects, self.scope, self.query)]
        scope = self.scope
        held = [telemetry.part(name, scope, self.query) for name in self._tables()]
        return [*metadata.parts(self.organization, self.projects), *held]

    def _tables(self) -> list[str]:
        """With a search the errors alone: every table has search keys of its own."""
        return ["errors"] if self.query else telemetry.table_names()


def part(name: str, projects: Sequence[Project], scope: Scope, query: str = "") -> Part:
    """A dataset, or the issues. Raises ExportError and SearchError."""
    if name != ISSUES:
        return telemetry.part(name, scope, query)
    if query:
        raise ExportError("issues are exported whole: leave the search out, or export errors")
    return metadata.issues(projects)
