"""Events make releases: what a batch says of releases, written in few statements.

A release that was written within the last minute costs a look into memory. Rows are written in
the order of their keys, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from django.db import connection, transaction

from vedette.facts import ReleaseAppeared, ReleaseSeen
from vedette.projects.models import Project
from vedette.releases.bounds import MOST_ENVIRONMENTS, known_environments, may_make
from vedette.releases.making import known_releases, make_releases
from vedette.releases.models import ReleaseProject
from vedette.releases.names import is_valid

_EXACT_SECONDS = 60.0
_MOST_REMEMBERED = 100_000
_UPSERT = """
INSERT INTO releases_releaseenvironment AS held
  (release_id, project_id, environment, first_seen, last_seen)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (release_id, project_id, environment) DO UPDATE SET
  first_seen = CASE WHEN excluded.first_seen < held.first_seen
    THEN excluded.first_seen ELSE held.first_seen END,
  last_seen = CASE WHEN excluded.last_seen > held.last_seen
    THEN excluded.last_seen ELSE held.last_seen END
"""

Place: TypeAlias = tuple[int, str, str]
# The first and last time that is written of a release in an environment of a project.
_written: dict[Place, tuple[float, float]] = {}


def record_releases(seen: Sequence[ReleaseSeen]) -> list[ReleaseAppeared]:
    """Note where releases were seen and make those that are new; says which those are.

    Names that no release can have, and more than `vedette.releases.bounds` allows, are left
    out. Within a transaction.
    """
    news = [fact for fact in seen if not _is_known(fact) and is_valid(fact.release)]
    if not news:
        return []
    projects = Project.objects.select_for_update(no_key=True).order_by("pk")
    owner = dict(
        projects.filter(pk__in={fact.project_id for fact in news}).values_list(
            "pk", "organization_id"
        )
    )
    news = [fact for fact in news if fact.project_id in owner]  # others are gone
    ids = _make(news, owner)
    placed = sorted(
        (
            (ids[key], fact)
            for fact in news
            if (key := (owner[fact.project_id], fact.release)) in ids
        ),
        key=lambda pair: (pair[0], pair[1].project_id, pair[1].environment or ""),
    )
    appeared = _join(placed)
    _upsert(_bounded(placed))
    transaction.on_commit(lambda: _remember(news))
    return appeared


def forget_all() -> None:
    """Forget what is written: the next batch asks the database again."""
    _written.clear()


def _is_known(fact: ReleaseSeen) -> bool:
    held = _written.get(_place(fact))
    if held is None:
        return False
    first, last = held
    return first <= fact.first_seen and fact.last_seen < last + _EXACT_SECONDS


def _place(fact: ReleaseSeen) -> Place:
    return fact.project_id, fact.release, fact.environment or ""


def _make(news: Sequence[ReleaseSeen], owner: Mapping[int, int]) -> dict[tuple[int, str], int]:
    """The ids of the releases, those made that are new, as far as the bound allows."""
    first: dict[tuple[int, str], ReleaseSeen] = {}
    for fact in news:
        key = (owner[fact.project_id], fact.release)
        if key not in first or fact.first_seen < first[key].first_seen:
            first[key] = fact
    ids = known_releases(first)
    wanted = {
        key: _time(fact.first_seen)
        for key, fact in first.items()
        if key not in ids and may_make(fact.project_id, "release")
    }
    return {**ids, **make_releases(wanted)} if wanted else ids


def _bounded(placed: Sequence[tuple[int, ReleaseSeen]]) -> list[tuple[int, ReleaseSeen]]:
    """Without environments that are too many for one release, or in one hour."""
    known = known_environments(
        {release_id for release_id, _ in placed}, {fact.project_id for _, fact in placed}
    )
    kept = []
    for release_id, fact in placed:
        names, name = known[release_id, fact.project_id], (fact.environment or "")[:64]
        is_known = name in names or not names  # the first comes with its release
        if is_known or (
            len(names) < MOST_ENVIRONMENTS and may_make(fact.project_id, "environment")
        ):
            names.add(name)
            kept.append((release_id, fact))
    return kept


def _join(placed: Iterable[tuple[int, ReleaseSeen]]) -> list[ReleaseAppeared]:
    """Make each release one of its project's; says where it was none."""
    pairs: dict[tuple[int, int], float] = {}
    for release_id, fact in placed:
        pair = (release_id, fact.project_id)
        pairs[pair] = min(fact.first_seen, pairs.get(pair, fact.first_seen))
    held = set(
        ReleaseProject.objects.filter(
            release__in={release_id for release_id, _ in pairs}
        ).values_list("release_id", "project_id")
    )
    new = [pair for pair in pairs if pair not in held]
    ReleaseProject.objects.bulk_create(
        [
            ReleaseProject(
                release_id=release_id,
                project_id=project_id,
                created_at=_time(pairs[release_id, project_id]),
            )
            for release_id, project_id in new
        ],
        ignore_conflicts=True,
    )
    return [ReleaseAppeared(project_id=project, release_id=release) for release, project in new]


def _upsert(placed: Iterable[tuple[int, ReleaseSeen]]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT,
            [
                (
                    release_id,
                    fact.project_id,
                    (fact.environment or "")[:64],
                    adapt(_time(fact.first_seen)),
                    adapt(_time(fact.last_seen)),
                )
                for release_id, fact in placed
            ],
        )


def _remember(news: Iterable[ReleaseSeen]) -> None:
    """Once it is committed: what was rolled back must be written again."""
    if len(_written) > _MOST_REMEMBERED:
        _written.clear()
    for fact in news:
        first, last = _written.get(_place(fact), (fact.first_seen, fact.last_seen))
        _written[_place(fact)] = (min(first, fact.first_seen), max(last, fact.last_seen))


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
