"""Where the door's budgets come from: choices and sums of the metadata, read by plain SQL.

The tables belong to `vedette.control`, `vedette.projects`, `vedette.usage` and `vedette.issues`;
a test compares what is read here with their models. Where nobody has set a limit that is one
small question.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from vedette import clock
from vedette.config import Config
from vedette.ingest.budgets import Budget, Place, Standing
from vedette.ingest.metadata import Ask, Rows, one_moment
from vedette.options import Chosen, Level, groups
from vedette.options._limits import Limit, begin_of, limits_of
from vedette.options._resolving import resolve
from vedette.spool.identity import identity_of

_CHOICES = """
SELECT organization_id, project_id, chosen FROM control_choice WHERE "group" = 'quotas'
"""
_PROJECTS = "SELECT id, organization_id FROM projects_project"
_POSITIONS = "SELECT writer, position FROM issues_spoolposition"
_SUMS = """
SELECT project_id, category, span, quantity, size_bytes FROM usage_usage
WHERE {spans}
"""
_NOTHING: Chosen = {}


class QuotaSource:
    """Loads how every budget stands. `load` is called by one thread at a time."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def load(self) -> Standing:
        """Every budget, of one moment. Raises what the database raises."""
        with one_moment(self._config) as ask:
            return read_standing(ask, spool=identity_of(self._config.spool_folder))


def read_standing(ask: Ask, *, spool: str = "") -> Standing:
    """Every budget, by questions of one moment, and how far the writers of this spool are."""
    chosen = _chosen(ask(_CHOICES))
    if not any(one.get("limits") or one.get("budgets") for one in chosen.values()):
        return Standing()
    return replace(_standing(ask, chosen), positions=_positions(ask, spool))


def _standing(ask: Ask, chosen: Mapping[tuple[int, int], Chosen]) -> Standing:
    projects = {int(project): int(organization) for project, organization in ask(_PROJECTS)}
    own = {project: _own(chosen, project, org) for project, org in projects.items()}
    together = _together(chosen, set(projects.values()))
    limits = [one for held in (*own.values(), *together.values()) for one in held]
    now = clock.timestamp()
    sums = _sums(ask, {limit.period for limit in limits}, now)
    budgets: dict[Place, list[Budget]] = {}
    for project, held in own.items():
        budgets["project", project] = _made(("project", project), held, [project], sums, now)
    for organization, held in together.items():
        below = [one for one, org in projects.items() if organization in (0, org)]
        place: Place = ("organization", organization) if organization else ("installation", 0)
        budgets[place] = _made(place, held, below, sums, now)
    found: dict[int, dict[str, tuple[Budget, ...]]] = {}
    for project, organization in projects.items():
        by_category: dict[str, list[Budget]] = defaultdict(list)
        places: tuple[Place, ...] = (
            ("project", project),
            ("organization", organization),
            ("installation", 0),
        )
        for place in places:
            for budget in budgets.get(place, ()):
                by_category[budget.limit.category].append(budget)
        if by_category:
            found[project] = {name: tuple(held) for name, held in by_category.items()}
    return Standing(found)


def _positions(ask: Ask, spool: str) -> dict[str, int]:
    """By the names of writers; those of other spools are noted with theirs."""
    found = {}
    for writer, position in ask(_POSITIONS):
        name, _, identity = str(writer).partition("@")
        if identity == spool:
            found[name] = int(position)
    return found


def _own(chosen: Mapping[tuple[int, int], Chosen], project: int, organization: int) -> list[Limit]:
    """The limits of a project, inherited or its own."""
    chain = [
        (Level.INSTALLATION, chosen.get((0, 0), _NOTHING)),
        (Level.ORGANIZATION, chosen.get((organization, 0), _NOTHING)),
        (Level.PROJECT, chosen.get((0, project), _NOTHING)),
    ]
    if not any(held.get("limits") for _, held in chain):
        return []
    return list(limits_of(resolve(groups()["quotas"], chain)["limits"].value))


def _together(
    chosen: Mapping[tuple[int, int], Chosen], organizations: Iterable[int]
) -> dict[int, list[Limit]]:
    """The limits of all projects of an organisation together; of the installation as of 0."""
    found = {}
    for organization in (0, *organizations):
        level = Level.ORGANIZATION if organization else Level.INSTALLATION
        held = chosen.get((organization, 0), _NOTHING)
        if held.get("budgets"):
            resolved = resolve(groups()["quotas"], [(level, held)])
            found[organization] = list(limits_of(resolved["budgets"].value))
    return found


Sums = dict[tuple[int, str, str], tuple[int, int]]


def _sums(ask: Ask, periods: Iterable[str], now: float) -> Sums:
    """Number and bytes by project, category and period, of the periods that are going on."""
    spans = " OR ".join(
        f"(span = '{period}' AND begins = {begin_of(period, now)})" for period in sorted(periods)
    )
    if not spans:
        return {}
    return {
        (int(project), str(category), str(span)): (int(quantity), int(size))
        for project, category, span, quantity, size in ask(_SUMS.format(spans=spans))
    }


def _made(
    place: Place, limits: Iterable[Limit], projects: Iterable[int], sums: Sums, now: float
) -> list[Budget]:
    found = []
    below = list(projects)
    for limit in limits:
        at = 1 if limit.is_bytes else 0
        names = ((project, limit.category, limit.period) for project in below)
        used = sum(sums[name][at] for name in names if name in sums)
        begin = begin_of(limit.period, now)
        found.append(Budget(place[0], limit, begin, used, owner_id=place[1]))
    return found


def _chosen(rows: Rows) -> dict[tuple[int, int], Chosen]:
    """What each place has chosen; SQLite gives JSON as text, PostgreSQL the value."""
    found: dict[tuple[int, int], Chosen] = {}
    for organization, project, written in rows:
        try:
            value = json.loads(written) if isinstance(written, str) else written
        except ValueError:
            continue
        if isinstance(value, dict):
            found[organization or 0, project or 0] = value
    return found
