"""What counts for every project at once, for those who work with all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from vedette.control.choosing import of_environment
from vedette.control.models import Choice
from vedette.options import Level, OptionGroup, Value
from vedette.options._resolving import resolve, values

Chain = list[tuple[Level, Mapping[str, Any]]]
Resolved = Mapping[str, Value]


class Effective:
    """The values of some groups, of any project; read from the database once, when it is made.

    Projects that chose nothing themselves share what their organisation comes to.
    """

    def __init__(self, groups: Iterable[OptionGroup], config: Any) -> None:
        self._groups = {group.name: group for group in groups}
        self._environment = {
            name: of_environment(group, config) for name, group in self._groups.items()
        }
        self._chosen: dict[tuple[Level, int], dict[str, Mapping[str, Any]]] = defaultdict(dict)
        rows = Choice.objects.filter(group__in=self._groups, key=None).values_list(
            "organization_id", "project_id", "group", "chosen"
        )
        for organization_id, project_id, group, chosen in rows:
            self._chosen[_place(organization_id, project_id)][group] = chosen
        self._resolved: dict[tuple[str, int, int], Resolved] = {}

    def of(self, group: str, *, organization_id: int, project_id: int) -> Resolved:
        """The values of a group for a project. Equal ones may be one object."""
        places = [
            (Level.INSTALLATION, 0),
            (Level.ORGANIZATION, organization_id),
            (Level.PROJECT, project_id),
        ]
        held = [(place, self._chosen.get(place, {}).get(group, {})) for place in places]
        own = project_id if held[-1][1] else 0
        shared = organization_id if held[-2][1] else 0
        found = self._resolved.get((group, shared, own))
        if found is None:
            chain: Chain = [(Level.ENVIRONMENT, self._environment[group])]
            chain += [(level, chosen) for (level, _), chosen in held]
            found = values(resolve(self._groups[group], chain))
            self._resolved[group, shared, own] = found
        return found


def _place(organization_id: int | None, project_id: int | None) -> tuple[Level, int]:
    if project_id is not None:
        return Level.PROJECT, project_id
    if organization_id is not None:
        return Level.ORGANIZATION, organization_id
    return Level.INSTALLATION, 0
