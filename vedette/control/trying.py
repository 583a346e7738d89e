"""What values that are tried at a place would come to, project by project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vedette.control.models import Choice
from vedette.control.places import Place
from vedette.options import Level
from vedette.projects.models import Project


def tried_by_project(
    place: Place, projects: Iterable[Project], group: str, tried: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """The values of each project if `tried` held at a place; what is below it still counts.

    For groups whose lists are not added to.
    """
    rows = Choice.objects.filter(group=group, key=None).exclude(**_own(place))
    of_organization: dict[int, Mapping[str, Any]] = {}
    of_project: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        chosen = row.chosen if isinstance(row.chosen, dict) else {}
        if row.project_id is not None:
            of_project[row.project_id] = chosen
        elif row.organization_id is not None and place.level is Level.INSTALLATION:
            of_organization[row.organization_id] = chosen
    return {
        one.pk: {
            **tried,
            **of_organization.get(one.organization_id, {}),
            **of_project.get(one.pk, {}),
        }
        for one in projects
    }


def _own(place: Place) -> dict[str, Any]:
    """The columns of the row that the place itself has."""
    if place.project is not None:
        return {"project": place.project}
    if place.organization is not None:
        return {"organization": place.organization, "project": None}
    return {"organization": None, "project": None}
