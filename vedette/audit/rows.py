"""The rows of the health table and of the scenario table of a report: one per dependency."""

from __future__ import annotations

import msgspec

from vedette.audit.dependencies import Dependency, Failing, Place, failing_of, is_critical
from vedette.audit.project import Project


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A dependency in the health table and in the scenario table of a report.

    `checks` are the places of the checks that ask it; `failing` is what its call sites do with its
    failure.
    """

    dependency: Dependency
    checks: tuple[Place, ...]
    failing: Failing
    is_critical: bool

    @property
    def is_checked(self) -> bool:
        """Whether any check asks it."""
        return bool(self.checks)


def rows(project: Project) -> tuple[Row, ...]:
    """One row per dependency, in the order of `project.dependencies`."""
    told = []
    for one in project.dependencies:
        failing = failing_of(project, one)
        told.append(
            Row(
                dependency=one,
                checks=tuple(
                    (check.path, check.line)
                    for check in project.health
                    if one.service.name in check.asks
                ),
                failing=failing,
                is_critical=is_critical(one, failing),
            )
        )
    return tuple(told)
