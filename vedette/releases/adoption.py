"""Which releases are in use: the stage of each in each environment, by its sessions of a day.

A release is adopted once a tenth of the sessions of a day are its own, and replaced once they no
longer are. Where there are no sessions, nothing is known and nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from django.db.models import Q

from vedette import clock
from vedette.issues.shapes import Scope
from vedette.releases.health import ask_sessions
from vedette.releases.models import Release, ReleaseEnvironment
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects

Stage: TypeAlias = Literal["adopted", "low", "replaced"]
STAGES: Final[tuple[Stage, ...]] = ("adopted", "low", "replaced")
_BEST_FIRST: Final[tuple[Stage, ...]] = ("adopted", "replaced", "low")
WINDOW: Final = timedelta(days=1)
_SHARE: Final = 0.1
_MOST: Final = 1_000_000  # groups of one question
_AT_ONCE: Final = 5_000  # versions in one; each session may name another
_Place: TypeAlias = tuple[int, str]


def renew(store: Reader) -> None:
    """Note which releases have been adopted or replaced since. Raises StoreError."""
    counts = _sessions(store)
    totals = Counter[_Place]()
    for (project, environment, _), number in counts.items():
        totals[project, environment] += number
    adopted = {
        key for key, number in counts.items() if number >= _SHARE * totals[key[0], key[1]] > 0
    }
    now = clock.now()
    changed = []
    for row in _concerned({project for project, _ in totals}, {key[2] for key in adopted}):
        is_adopted = (row.project_id, row.environment, row.release.version) in adopted
        if is_adopted and (row.adopted_at is None or row.replaced_at is not None):
            row.adopted_at, row.replaced_at = row.adopted_at or now, None
            changed.append(row)
        elif not is_adopted and stage_of(row) == "adopted" and totals[_place(row)]:
            row.replaced_at = now
            changed.append(row)
    changed.sort(key=lambda row: row.pk)
    ReleaseEnvironment.objects.bulk_update(changed, ["adopted_at", "replaced_at"], batch_size=500)


def stage_of(row: ReleaseEnvironment) -> Stage:
    """The stage of a release in an environment; `low` also where there are no sessions."""
    if row.adopted_at is None:
        return "low"
    return "adopted" if row.replaced_at is None else "replaced"


def stages_of(releases: Sequence[Release], scope: Scope) -> dict[int, Stage]:
    """The best stage of each release in the scope; none where there is no session."""
    rows = ReleaseEnvironment.objects.filter(release__in=releases, project__in=list(scope.visible))
    if scope.environments:
        rows = rows.filter(environment__in=scope.environments)
    found: dict[int, Stage] = {}
    for row in rows.exclude(adopted_at=None):
        held = found.get(row.release_id, "low")
        found[row.release_id] = min(stage_of(row), held, key=_BEST_FIRST.index)
    return found


def stages_by_environment(release: Release, scope: Scope) -> dict[str, Stage]:
    """The stage of a release in each environment: the best of all projects."""
    rows = release.environments.filter(project__in=list(scope.visible))
    found: dict[str, Stage] = {}
    for row in rows:
        stage, held = stage_of(row), found.get(row.environment, "low")
        found[row.environment] = min(stage, held, key=_BEST_FIRST.index)
    return found


def in_stage(stage: Stage) -> Q:
    """The condition on `ReleaseEnvironment` rows for a stage."""
    if stage == "low":
        return Q(adopted_at=None)
    return Q(adopted_at__isnull=False, replaced_at__isnull=stage == "adopted")


def _sessions(store: Reader) -> Counter[tuple[int, str, str]]:
    """The sessions of the last day by project, environment and release."""
    now = clock.now()
    names = {name: q.Field(name) for name in ("project_id", "environment", "release")}
    rows = ask_sessions(
        VisibleProjects.of_system(),
        {**names, "n": q.call("sum", q.Field("quantity"))},
        [],
        now - WINDOW,
        now + timedelta(minutes=1),
        group_by=list(names),
        limit=_MOST,
        reader=store,
    )
    return Counter({(project, place, version): int(n) for project, place, version, n in rows})


def _concerned(projects: set[int], versions: set[str]) -> list[ReleaseEnvironment]:
    """The rows that may change: of adopted releases, and those that were adopted before."""
    rows = ReleaseEnvironment.objects.filter(project__in=projects).select_related("release")
    found = {row.pk: row for row in rows.filter(in_stage("adopted"))}
    wanted = sorted(versions)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        found |= {row.pk: row for row in rows.filter(release__version__in=part)}
    return list(found.values())


def _place(row: ReleaseEnvironment) -> _Place:
    return row.project_id, row.environment
