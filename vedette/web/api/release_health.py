"""`healthData` of a release in each of its projects, as Sentry's API gives it with `health=1`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from vedette.issues import telemetry
from vedette.issues.shapes import Period, Scope
from vedette.releases.health import Health, ask_sessions, health_by_release, users
from vedette.store import query as q

_DAY: Final = timedelta(days=1)
_DURATION: Final = q.Field("duration_seconds")


def health_shapes(scope: Scope, version: str) -> dict[int, dict[str, Any]]:
    """By project, of the scope's time; what says `24h` is of its last day. Raises StoreError."""
    day = replace(scope, period=_last_day(scope.period))
    totals = health_by_release(scope, [version])
    today = health_by_release(day, [version])
    projects = _of_projects(day)
    durations = _durations(scope, version)
    return {
        project: _shape(
            totals.get((project, version), Health()),
            today.get((project, version), Health()),
            projects.get(project, (0, 0)),
            durations.get(project, (None, None)),
        )
        for project in scope.visible
    }


def _shape(
    mine: Health,
    today: Health,
    project: tuple[int, int],
    durations: tuple[float | None, float | None],
) -> dict[str, Any]:
    sessions, people = project
    crashed = mine.states.get("crashed", 0)
    return {
        "hasHealthData": mine.sessions > 0,
        "totalSessions": mine.sessions,
        "totalUsers": mine.users,
        "sessionsCrashed": crashed,
        "sessionsErrored": mine.states.get("errored", 0),
        "crashFreeSessions": mine.crash_free_sessions,
        "crashFreeUsers": mine.crash_free_users,
        "durationP50": durations[0],
        "durationP90": durations[1],
        "totalSessions24h": today.sessions,
        "totalUsers24h": today.users,
        "totalProjectSessions24h": sessions,
        "totalProjectUsers24h": people,
        "sessionsAdoption": 100 * today.sessions / sessions if sessions else None,
        "adoption": 100 * today.users / people if people else None,
    }


def _last_day(period: Period) -> Period:
    return replace(period, start=max(period.start, period.end - _DAY))


def _of_projects(scope: Scope) -> dict[int, tuple[int, int]]:
    """The sessions and the users of each project, whatever the release."""
    columns: dict[str, q.Expression] = {
        "sessions": q.call("sum", q.Field("quantity")),
        "users": users(),
    }
    rows = _by_project(scope, columns, [])
    return {project: (int(sessions or 0), int(people or 0)) for project, sessions, people in rows}


def _durations(scope: Scope, version: str) -> dict[int, tuple[float | None, float | None]]:
    columns: dict[str, q.Expression] = {
        "p50": q.call("quantile", _DURATION, 0.5),
        "p90": q.call("quantile", _DURATION, 0.9),
    }
    rows = _by_project(scope, columns, [q.Compare(q.Field("release"), "=", version)])
    return {project: (half, most) for project, half, most in rows}


def _by_project(
    scope: Scope, columns: dict[str, q.Expression], where: list[q.Condition]
) -> list[list[Any]]:
    project = q.Field("project_id")
    return ask_sessions(
        scope.visible,
        {"project_id": project, **columns},
        [*telemetry.in_environments(scope), *where],
        scope.period.start,
        scope.period.end,
        group_by=["project_id"],
        limit=q.MOST_ROWS,
    )
