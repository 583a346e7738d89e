"""Composites follow their members, also those that are composites themselves."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from vedette.monitors.models import Monitor, MonitorStanding
from vedette.monitors.sitting import Because, Sitting
from vedette.uptime import covers
from vedette.uptime.changes import State
from vedette.uptime.composite import at_least, combine, members_of

_MOST_LEVELS: Final = 5  # of composites of composites
_WEIGHT: Final = {State.UP: 1, State.DEGRADED: 2, State.DOWN: 3}  # of several environments


def compose(sitting: Sitting, projects: set[int] | None = None) -> None:
    """Put every composite where its members are; those of the projects in which something has
    changed in this sitting, or of the ones that are named."""
    if projects is None:
        projects = sitting.moved_projects()
    if not projects:
        return
    rows = list(
        Monitor.objects.filter(kind="composite", project__in=projects, is_paused=False).values_list(
            "pk", "project_id", "settings"
        )
    )
    if not rows:
        return
    states = _states(sitting, {project_id for _, project_id, _ in rows})
    slugs = {held.monitor.id: held.monitor.slug for held in sitting.hold([pk for pk, *_ in rows])}
    for _ in range(_MOST_LEVELS):
        is_settled = True
        for pk, project_id, settings in rows:
            held = sitting.get(pk)
            if held is None:
                continue
            state = _combined(settings, states[project_id])
            is_known = state is not State.UNKNOWN
            if (held.standing.raw, held.standing.is_stalled) == (state, False) or (
                not is_known and held.standing.is_stalled
            ):
                continue
            is_settled = False
            made, changes = covers.put(held.standing, state, sitting.now, is_known=is_known)
            because = Because("members", _words(settings, states[project_id]))
            sitting.apply(held, made, changes, because)
            states[project_id][slugs[pk]] = made.shown
        if is_settled:
            return


def _states(sitting: Sitting, projects: set[int]) -> dict[int, dict[str, State]]:
    """By project and slug, as they are shown now; the worst of several environments of which
    something is known."""
    found: dict[int, dict[str, State]] = defaultdict(dict)
    rows = MonitorStanding.objects.filter(monitor__project__in=projects).values_list(
        "monitor__project_id", "monitor__slug", "monitor_id", "environment", "state"
    )
    for project_id, slug, monitor_id, environment, state in rows:
        held = sitting.get(monitor_id, environment)
        shown = held.standing.shown if held is not None else State(state)
        before = found[project_id].get(slug, shown)
        found[project_id][slug] = max(before, shown, key=lambda state: _WEIGHT.get(state, 0))
    return found


def _combined(settings: dict[str, object], states: dict[str, State]) -> State:
    members = [states.get(one, State.UNKNOWN) for one in members_of(settings)]
    return combine(members, at_least(settings))


def _words(settings: dict[str, object], states: dict[str, State]) -> str:
    bad = [f"{one} is {states.get(one, State.UNKNOWN)}" for one in members_of(settings)]
    return ", ".join(bad)[:400]
