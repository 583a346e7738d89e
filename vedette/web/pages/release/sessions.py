"""How the sessions of a release ended: over time, by environment, and beside the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vedette.issues.reading import Bucket
from vedette.issues.shapes import Scope
from vedette.releases.adoption import Stage, stages_by_environment
from vedette.releases.health import (
    Health,
    health_by_environment,
    health_of,
    sessions_by,
    sessions_over_time,
)
from vedette.releases.models import Release
from vedette.web.charts import BarChart, stacked_bar_chart
from vedette.wire.session import STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many sessions came to this, in percent of all."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPlace:
    """The release in one environment; `share` is its part of all sessions there, in percent."""

    environment: str
    health: Health
    share: float
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsView:
    """What the page shows of sessions. `previous` is None if that release had none."""

    chart: BarChart
    states: list[StateCount]
    places: list[HealthPlace]
    previous: Release | None
    previous_health: Health | None
    sessions_change: float | None
    users_change: float | None


def make_sessions(release: Release, previous: Release | None, scope: Scope) -> SessionsView:
    """Ask for the sessions of a release that has some. Raises StoreError."""
    series = sessions_over_time(scope, release.version)
    total = sum(bucket.count for buckets in series.values() for bucket in buckets)
    places = _places(release, scope)
    mine = health_of(scope, release.version)
    before = health_of(scope, previous.version) if previous is not None else Health()
    return SessionsView(
        chart=_chart(series),
        states=[
            StateCount(name=state, count=count, share=100 * count / total if total else 0.0)
            for state in STATES
            if (count := sum(bucket.count for bucket in series[state]))
        ],
        places=places,
        previous=previous if before.sessions else None,
        previous_health=before if before.sessions else None,
        sessions_change=_change(mine.crash_free_sessions, before.crash_free_sessions),
        users_change=_change(mine.crash_free_users, before.crash_free_users),
    )


def _chart(series: Mapping[str, list[Bucket]]) -> BarChart:
    """Bars of sessions, the worst at the bottom: a crash is seen however few there are."""
    worst_first = list(reversed(STATES))
    starts = [bucket.start for bucket in series[STATES[0]]]
    stacks = [
        (start, {state: series[state][place].count for state in worst_first})
        for place, start in enumerate(starts)
    ]
    return stacked_bar_chart(stacks, noun="session")


def _places(release: Release, scope: Scope) -> list[HealthPlace]:
    health = health_by_environment(scope, release.version)
    whole = sessions_by(replace(scope, environments=()), "environment")
    stages = stages_by_environment(release, scope)
    return [
        HealthPlace(
            environment=environment,
            health=held,
            share=100 * held.sessions / (whole.get(environment) or held.sessions),
            stage=stages.get(environment, "low"),
        )
        for environment, held in sorted(health.items(), key=lambda pair: -pair[1].sessions)
    ]


def _change(now: float | None, before: float | None) -> float | None:
    """By how many percentage points it changed."""
    return None if now is None or before is None else now - before
