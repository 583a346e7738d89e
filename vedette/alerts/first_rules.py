"""Rules that a project gets with its first monitor: who watches something wants to hear of it."""

from __future__ import annotations

from typing import Any, Final

from vedette.accounts.models import User
from vedette.alerts.models import AlertRule
from vedette.projects.models import Project
from vedette.rules.counting import counter_of
from vedette.rules.written import read_rule, write_rule

_OF_MONITORS: Final[dict[str, dict[str, Any]]] = {
    "monitor-down": {
        "name": "Down",
        "source": "monitor",
        "measure": {"state": "down"},
        "levels": {"critical": "always"},
    },
    "monitor-degraded": {
        "name": "Degraded",
        "source": "monitor",
        "measure": {"state": "degraded"},
        "levels": {"warning": "always"},
    },
}


def add_monitor_rules(project: Project, by: User | None) -> None:
    """Down and degraded, unless somebody has written rules about monitors already."""
    held = AlertRule.objects.filter(project=project)
    if held.filter(body__source="monitor").exists():
        return
    for slug, entry in _OF_MONITORS.items():
        rule = read_rule(entry)
        held.get_or_create(
            project=project,
            slug=slug,
            defaults={
                "body": write_rule(rule),
                "counter": counter_of(rule).id,
                "is_edge": rule.is_of_issues,
                "created_by": by,
            },
        )
