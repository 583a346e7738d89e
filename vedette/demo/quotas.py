"""Budgets of the demo's web site, one of which is used for the most part."""

from __future__ import annotations

from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
from vedette.projects.models import Project

_USED = 0.83


def set_budgets(project: Project, errors: int) -> None:
    """So that the errors that were just sent are a good part of what may come this month."""
    limits = {"error": {"month": int(errors / _USED) + 1}, "replay": {"day": 100, "day_mb": 50}}
    chosen = {"limits": limits}
    choose(Place(project=project), groups()["quotas"], chosen, who="", via="demo")
