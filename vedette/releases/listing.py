"""The list of releases: which, in which order, and how much each is in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import QuerySet

from vedette.issues.cursors import read_offset
from vedette.issues.shapes import Scope
from vedette.releases.adoption import Stage, stages_of
from vedette.releases.counting import count_by_project, count_events
from vedette.releases.figures import Facts, facts_of
from vedette.releases.health import Health, health_by_release, sessions_by, together
from vedette.releases.lookup import releases_of
from vedette.releases.models import RELEASED, Release, ReleaseStatus
from vedette.store.errors import BadQuery

Sort = Literal["date", "semver", "events"]
_MOST_RELEASES = 20_000
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """A release in the range: its events, and how its sessions ended.

    `share` is its part of all sessions of its projects there, in percent, or where those have
    none of all their events. `stage` is the best that it has in an environment.
    """

    release: Release
    facts: Facts
    events: int
    health: Health
    share: float
    stage: Stage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePage:
    """One page of the list; `has_any` says whether these projects have releases at all.

    Without `has_health` there were too many sessions to count, and events stand for them.
    """

    rows: list[ReleaseRow]
    has_any: bool
    has_health: bool = True
    next_cursor: str | None = None
    previous_cursor: str | None = None


class _Place(NamedTuple):
    """What a release is sorted by."""

    pk: int
    organization: int
    version: str
    order: bytes
    build: bytes
    at: datetime


def list_releases(
    scope: Scope,
    *,
    query: str = "",
    status: ReleaseStatus = ReleaseStatus.OPEN,
    sort: Sort = "date",
    cursor: str | None = None,
) -> ReleasePage:
    """The releases whose version contains `query`. Raises BadQuery and StoreError."""
    offset = read_offset(cursor)
    mine = releases_of(scope.visible)
    counts = count_events(scope) if sort == "events" else {}
    places = _places(_matching(mine, scope, query, status))
    ordered = sorted(places, key=_key(sort, counts), reverse=True)
    chosen = [place.pk for place in ordered[offset : offset + _PAGE]]
    releases = Release.objects.in_bulk(chosen)
    shown = [releases[pk] for pk in chosen if pk in releases]
    health = _health(shown, scope)
    rows = _rows(shown, scope, health or {})
    return ReleasePage(
        rows=rows,
        has_health=health is not None,
        has_any=bool(rows) or mine.exists(),
        next_cursor=f"o:{offset + _PAGE}" if len(ordered) > offset + _PAGE else None,
        previous_cursor=f"o:{max(0, offset - _PAGE)}" if offset else None,
    )


class Use(NamedTuple):
    """The sessions and the events of each project, whatever the release."""

    sessions: Mapping[int, int]
    events: Mapping[int, int]

    def share(self, facts: Facts, health: Health, events: int) -> float:
        """Which part of the sessions of its projects are a release's, or else of the events."""
        pairs = ((health.sessions, self.sessions), (events, self.events))
        for mine, all_ in pairs:
            whole = sum(all_.get(project.pk, 0) for project in facts.projects)
            if whole:
                return 100 * mine / whole
        return 0.0


def use_of(scope: Scope) -> Use:
    """How much the projects are used. Raises StoreError."""
    try:
        sessions = sessions_by(scope, "project_id")
    except BadQuery:  # too many to count at once
        sessions = {}
    return Use(sessions, count_by_project(scope))


def _matching(
    mine: QuerySet[Release], scope: Scope, query: str, status: ReleaseStatus
) -> QuerySet[Release]:
    found = mine.filter(status=status)
    if query:
        found = found.filter(version__icontains=query)
    if scope.environments:
        found = found.filter(
            environments__environment__in=scope.environments,
            environments__project__in=list(scope.visible),
        ).distinct()
    return found


def _places(found: QuerySet[Release]) -> list[_Place]:
    """The newest of them, with what they are sorted by."""
    rows = (
        found.annotate(came=RELEASED)
        .order_by("-came", "-pk")
        .values_list("pk", "organization_id", "version", "version_order", "build_order", "came")[
            :_MOST_RELEASES
        ]
    )
    return [
        _Place(pk, organization, version, bytes(order or b""), bytes(build), at)
        for pk, organization, version, order, build, at in rows
    ]


def _key(
    sort: Sort, counts: Mapping[tuple[int, str], int]
) -> Callable[[_Place], tuple[bytes | int | datetime, ...]]:
    by_version = Counter[str]()
    for (_, version), number in counts.items():
        by_version[version] += number

    def key(place: _Place) -> tuple[bytes | int | datetime, ...]:
        newest = (place.at, place.pk)
        if sort == "semver":
            return (place.order, place.build, *newest)
        return (by_version[place.version], *newest) if sort == "events" else newest

    return key


def _health(releases: Sequence[Release], scope: Scope) -> Mapping[tuple[int, str], Health] | None:
    """The health of the releases; None if that is more than one question may hold."""
    if not releases:
        return {}
    try:
        return health_by_release(scope, _versions(releases))
    except BadQuery:
        return None


def _versions(releases: Sequence[Release]) -> list[str]:
    return sorted({release.version for release in releases})


def _rows(
    releases: Sequence[Release], scope: Scope, health: Mapping[tuple[int, str], Health]
) -> list[ReleaseRow]:
    if not releases:
        return []
    facts, stages = facts_of(releases, scope.visible), stages_of(releases, scope)
    counts = count_events(scope, _versions(releases))
    use = use_of(scope)
    rows = []
    for release in releases:
        held = facts[release.pk]
        places = [(project.pk, release.version) for project in held.projects]
        events = sum(counts.get(place, 0) for place in places)
        mine = together(health[place] for place in places if place in health)
        rows.append(
            ReleaseRow(
                release=release,
                facts=held,
                events=events,
                health=mine,
                share=use.share(held, mine, events),
                stage=stages.get(release.pk),
            )
        )
    return rows
