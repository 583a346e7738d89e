"""The values of an answer as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10
from typing import Any

from vedette.explore.arguments import ISSUE
from vedette.explore.fields import Column
from vedette.issues.models import Issue
from vedette.issues.telemetry import moment
from vedette.telemetry.issues import issues_of
from vedette.web.access import Viewer
from vedette.web.wording import absolute, exact_number, milliseconds, short_number

PROJECTS = ("project", "project.name")
NUMBERS = ("integer", "number", "duration", "percentage", "rate")


@dataclass(frozen=True, slots=True)
class Names:
    """The projects and issues that occur in an answer."""

    projects: dict[int, str]
    issues: dict[int, Issue]

    def text(self, column: Column, value: Any) -> str:
        """A value as it is read, and as it is written in a search; "" for none."""
        if column.kind == ISSUE:
            issue = self.issues.get(value)
            return issue.short_name if issue else ""
        if column.written in PROJECTS:
            return self.projects.get(value, "")
        if value is None:
            return ""
        if column.kind == "date":
            return absolute(moment(value))
        return number(column.kind, value) if column.kind in NUMBERS else plain(value)


def names_of(viewer: Viewer, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Names:
    """The names behind the numbers of these rows."""
    places = [at for at, one in enumerate(columns) if one.kind == ISSUE]
    groups = {row[at] for row in rows for at in places}
    return Names(
        {project.pk: viewer.reference(project) for project in viewer.projects},
        issues_of(viewer.visible, groups) if groups else {},
    )


def number(kind: str, value: float) -> str:
    """A number of this kind in short words: 1,204, 3.2 s, 4.5 %, 12.4."""
    if kind == "duration":
        return milliseconds(value)
    if kind == "percentage":
        return f"{value * 100:.3g} %" if value < 0.9995 else f"{value * 100:.4g} %"
    if kind == "integer":
        return exact_number(round(value))
    if 1e-9 <= abs(value) < 0.001:
        return f"{value:.{2 - floor(log10(abs(value)))}f}".rstrip("0")
    return f"{value:.3g}" if abs(value) < 1000 else short_number(value)


def on_scale(kind: str, value: float) -> str:
    """A number of this kind at the side of a chart."""
    return short_number(value) if kind == "integer" else number(kind, value)


def exact(kind: str, value: Any) -> str:
    """The number whole, for whoever hovers it."""
    if kind == "duration":
        return f"{value:,.3f} ms"
    if kind == "percentage":
        return f"{value * 100:.6g} %"
    return f"{value:,}"


def plain(value: Any) -> str:
    """A text as it is, a truth in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def time_of(column: Column, value: Any) -> datetime | None:
    """The moment of a value, where it is one."""
    return moment(value) if column.kind == "date" and value is not None else None
