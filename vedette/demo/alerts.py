"""Alert rules of the demo projects. They tell nobody: what fires is seen on the alert pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vedette.configuration import Author
from vedette.configuration import kinds as configuration_kinds
from vedette.projects.models import Project

_RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Something new",
        "source": "issue",
        "filter": "level:[error,fatal]",
        "measure": {"edge": "first_seen"},
        "levels": {"warning": "always"},
    },
    {
        "name": "Many of one issue",
        "per": ["issue"],
        "measure": "count",
        "window": "1d",
        "levels": {"warning": ">10", "critical": ">30"},
        "resolve": "<=5",
        "runbook": "Look at the newest event, then at the release it began with.",
    },
    {
        "name": "Errors a minute",
        "filter": "level:[error,fatal]",
        "measure": {"rate": "minute"},
        "window": "5m",
        "levels": {"warning": ">2", "critical": ">5"},
        "keep_firing_for": "3m",
    },
    {
        "name": "Many users",
        "per": ["issue"],
        "measure": {"unique": "user"},
        "window": "6h",
        "levels": {"warning": ">10"},
    },
    {
        "name": "Crash-free sessions",
        "source": "session",
        "per": ["release"],
        "measure": {"crash_free": "sessions"},
        "window": "7d",
        "levels": {"warning": "<99.9%", "critical": "<98%"},
    },
)


def make_rules(projects: Iterable[Project]) -> None:
    """The rules of each project, as often as it is asked for."""
    rules = next(kind for kind in configuration_kinds() if kind.name == "rules")
    for project in projects:
        for written in _RULES:
            entry = {**written, "project": project.slug}
            rules.save(project.organization, rules.identify(entry), entry, Author())
