"""Release health: how sessions of releases ended, asked of the store.

A session counts once, as what its last update says, and lies at the
time when it started.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from vedette.issues import telemetry
from vedette.issues.shapes import Bucket, Scope
from vedette.items.session import SESSIONS
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects
from vedette.wire.session import STATES

_BARS: Final = 48
_RELEASE: Final = q.Field("release")
_STATE: Final = q.Field("state")
_USER: Final = q.Field("user_number")


@dataclass(slots=True, kw_only=True)
class Health:
    """Sessions by what they came to (`STATES`), and users: all, and those who saw a crash.

    Aggregates of servers mostly name no user, so there can be sessions without users.
    """

    states: dict[str, int] = field(default_factory=dict)
    users: int = 0
    crashed_users: int = 0

    @property
    def sessions(self) -> int:
        """All sessions."""
        return sum(self.states.values())

    @property
    def crash_free_sessions(self) -> float | None:
        """Percent of the sessions that did not crash; None without sessions."""
        return _free(self.states.get("crashed", 0), self.sessions)

    @property
    def crash_free_users(self) -> float | None:
        """Percent of the users none of whose sessions crashed; None without users."""
        return _free(self.crashed_users, self.users)


def together(parts: Iterable[Health]) -> Health:
    """The health of several projects: a user of two of them counts in each."""
    found = Health()
    for part in parts:
        for state, number in part.states.items():
            found.states[state] = found.states.get(state, 0) + number
        found.users += part.users
        found.crashed_users += part.crashed_users
    return found


def _free(crashed: int, all_: int) -> float | None:
    return 100 * (all_ - crashed) / all_ if all_ else None


def health_by_release(
    scope: Scope, versions: Sequence[str] | None = None
) -> dict[tuple[int, str], Health]:
    """The health of each release of each project; of all releases without `versions`.

    Raises StoreError.
    """
    where = [] if versions is None else [q.OneOf(_RELEASE, list(versions))]
    rows = _grouped(scope, ["project_id", "release"], where)
    return {(project, release): _health(figures) for project, release, *figures in rows}


def health_by_environment(scope: Scope, version: str) -> dict[str, Health]:
    """The health of a release in each environment. Raises StoreError."""
    rows = _grouped(scope, ["environment"], [q.Compare(_RELEASE, "=", version)])
    return {environment or "": _health(figures) for environment, *figures in rows}


def sessions_by(scope: Scope, column: Literal["project_id", "environment"]) -> dict[Any, int]:
    """The sessions of all releases by project or environment. Raises StoreError."""
    rows = ask_sessions(
        scope.visible,
        {column: q.Field(column), "n": q.call("sum", q.Field("quantity"))},
        telemetry.in_environments(scope),
        scope.period.start,
        scope.period.end,
        group_by=[column],
        limit=q.MOST_ROWS,
    )
    return {value: int(number) for value, number in rows}


def health_of(scope: Scope, version: str) -> Health:
    """The health of one release in all the scope's projects together. Raises StoreError."""
    where = [*telemetry.in_environments(scope), q.Compare(_RELEASE, "=", version)]
    start, end = scope.period.start, scope.period.end
    (figures,) = ask_sessions(scope.visible, _FIGURES, where, start, end)
    return _health(figures)


def sessions_over_time(scope: Scope, version: str) -> dict[str, list[Bucket]]:
    """The sessions of a release by state and by when they started. Raises StoreError."""
    where = [*telemetry.in_environments(scope), q.Compare(_RELEASE, "=", version)]
    seconds = telemetry.bucket_seconds(scope.period, about=_BARS)
    rows = ask_sessions(
        scope.visible,
        {"at": q.bucket(seconds), "state": _STATE, "n": q.call("sum", q.Field("quantity"))},
        where,
        scope.period.start,
        scope.period.end,
        group_by=["at", "state"],
    )
    counts: dict[str, dict[int, int]] = {state: {} for state in STATES}
    for at, state, number in rows:
        counts[state][int(at)] = int(number)
    return {state: telemetry.fill(held, scope.period, seconds) for state, held in counts.items()}


def _grouped(scope: Scope, by: Sequence[str], where: Sequence[q.Condition]) -> list[list[Any]]:
    """The figures of each group, the largest first."""
    return ask_sessions(
        scope.visible,
        {**{name: q.Field(name) for name in by}, **_FIGURES},
        [*telemetry.in_environments(scope), *where],
        scope.period.start,
        scope.period.end,
        group_by=list(by),
        order_by=[q.Order("sessions", True)],
        limit=q.MOST_ROWS,
    )


def ask_sessions(
    visible: VisibleProjects,
    columns: dict[str, q.Expression],
    where: list[q.Condition],
    start: datetime,
    end: datetime,
    *,
    reader: Reader | None = None,
    **rest: Any,
) -> list[list[Any]]:
    """Ask for columns of sessions, each counted once, as its last update says.

    `reader` is the process's store where none is given. Raises StoreError.
    """
    select = q.Select(
        table=SESSIONS.name,
        projects=visible,
        columns=columns,
        where=where,
        start=telemetry.micros(start),
        end=telemetry.micros(end),
        newest=SESSIONS.updates,
        **rest,
    )
    return (reader or store()).query(select).rows


def crashed_users() -> q.Expression:
    """How many users had a session that crashed."""
    crashed = q.Compare(_STATE, "=", "crashed")
    return q.call("distinct", q.call("choose", crashed, _USER, None))


def users() -> q.Expression:
    """How many users had a session."""
    return q.call("distinct", _USER)


def sessions_that(state: str) -> q.Expression:
    """How many sessions came to this."""
    is_so = q.Compare(_STATE, "=", state)
    return q.call("sum", q.call("choose", is_so, q.Field("quantity"), 0))


def _health(figures: Sequence[Any]) -> Health:
    _, users, crashed, *states = (int(figure or 0) for figure in figures)
    counted = dict(zip(STATES, states, strict=True))
    return Health(
        states={state: number for state, number in counted.items() if number},
        users=users,
        crashed_users=crashed,
    )


_FIGURES: Final[dict[str, q.Expression]] = {
    "sessions": q.call("sum", q.Field("quantity")),
    "users": users(),
    "crashed_users": crashed_users(),
    **{state: sessions_that(state) for state in STATES},
}
