"""Events of releases, asked of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from vedette.issues import telemetry
from vedette.issues.categories import IS_ERROR
from vedette.issues.models import IssueKey
from vedette.issues.shapes import Bucket, Scope
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

_BARS = 48
_GROUPS_BY_NAME = 2000
_MOST_NAMES = q.MOST_ROWS
_RELEASE = q.Field("release")


def count_events(scope: Scope, versions: Sequence[str] | None = None) -> dict[tuple[int, str], int]:
    """How many events each of these releases had in each project.

    Without versions of all, of events without a release under the empty name; where there are
    too many, of the most frequent. Raises StoreError.
    """
    where = [IS_ERROR, *telemetry.in_environments(scope)]
    if versions is not None:
        where = [*where, q.OneOf(_RELEASE, list(versions))]
    rows = telemetry.ask(
        scope.visible,
        {"project_id": q.Field("project_id"), "release": _RELEASE, "n": telemetry.events()},
        where,
        scope.period.start,
        scope.period.end,
        group_by=["project_id", "release"],
        order_by=[q.Order("n", True)],
        limit=_MOST_NAMES if versions is None else q.MOST_ROWS,
    )
    found = Counter[tuple[int, str]]()
    for project_id, release, number in rows:
        found[project_id, release or ""] += number
    return dict(found)


def count_by_project(scope: Scope) -> dict[int, int]:
    """How many events each project had, whatever the release. Raises StoreError."""
    rows = telemetry.ask(
        scope.visible,
        {"project_id": q.Field("project_id"), "n": telemetry.events()},
        [IS_ERROR, *telemetry.in_environments(scope)],
        scope.period.start,
        scope.period.end,
        group_by=["project_id"],
        limit=q.MOST_ROWS,
    )
    return {int(project): int(number) for project, number in rows}


def series(scope: Scope, version: str) -> tuple[list[Bucket], int]:
    """The events of a release over time, and how many users had one. Raises StoreError."""
    where = [IS_ERROR, *telemetry.in_environments(scope), q.Compare(_RELEASE, "=", version)]
    start, end = scope.period.start, scope.period.end
    seconds = telemetry.bucket_seconds(scope.period, about=_BARS)
    bars = telemetry.ask(
        scope.visible,
        {"at": q.bucket(seconds), "n": telemetry.events()},
        where,
        start,
        end,
        group_by=["at"],
    )
    users = q.call("distinct", q.Field("user_number"))
    ((number,),) = telemetry.ask(scope.visible, {"n": users}, where, start, end)
    counts = {int(at): int(count) for at, count in bars}
    return telemetry.fill(counts, scope.period, seconds), int(number)


def events_by_environment(scope: Scope, version: str) -> dict[tuple[int, str], int]:
    """The events of a release by project and environment, of all environments.

    Raises StoreError.
    """
    rows = telemetry.ask(
        scope.visible,
        {
            "project_id": q.Field("project_id"),
            "environment": q.Field("environment"),
            "n": telemetry.events(),
        },
        [IS_ERROR, q.Compare(_RELEASE, "=", version)],
        scope.period.start,
        scope.period.end,
        group_by=["project_id", "environment"],
        order_by=[q.Order("n", True)],
    )
    found = Counter[tuple[int, str]]()
    for project_id, environment, number in rows:
        found[project_id, environment or ""] += number
    return dict(found)


def issues_of(
    visible: VisibleProjects,
    versions: Sequence[str],
    environments: Sequence[str],
    *,
    lifetime: tuple[datetime, datetime] | None,
) -> dict[str, Counter[int]]:
    """The events of each issue by release within a time; no time, no events.

    Raises StoreError.
    """
    found: dict[str, Counter[int]] = {version: Counter() for version in versions}
    if lifetime is None:
        return found
    oldest, newest = telemetry.kept()
    where: list[q.Condition] = [q.OneOf(_RELEASE, list(versions))]
    if environments:
        where.append(q.OneOf(q.Field("environment"), list(environments)))
    rows = telemetry.ask(
        visible,
        {
            "project_id": q.Field("project_id"),
            "group_id": q.Field("group_id"),
            "release": _RELEASE,
            "n": telemetry.events(),
        },
        where,
        max(lifetime[0], oldest),
        min(lifetime[1], newest),
        group_by=["project_id", "group_id", "release"],
        order_by=[q.Order("n", True)],
        limit=q.MOST_ROWS,
    )
    owner = _owners(visible, {group for _, group, _, _ in rows})
    for project_id, group_id, release, number in rows:
        issue = owner.get((project_id, group_id))
        if issue is not None:
            found[release][issue] += number
    return found


def _owners(visible: VisibleProjects, groups: Collection[int]) -> dict[tuple[int, int], int]:
    keys = IssueKey.objects.filter(project__in=list(visible))
    if len(groups) <= _GROUPS_BY_NAME:
        keys = keys.filter(group_id__in=groups)
    return {
        (project, group): issue
        for project, group, issue in keys.values_list("project_id", "group_id", "issue_id")
    }
