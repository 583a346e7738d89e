"""Short forms for asking the store about the errors of some projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from vedette.issues.shapes import Bucket, Period, Scope
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.access import store

_BUCKETS = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return int(moment.timestamp() * 1_000_000)


def moment(value: int) -> datetime:
    """The time of microseconds since 1970."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)


def in_projects(projects: Sequence[Project]) -> q.Condition:
    """The condition that keeps a question within these projects."""
    return q.OneOf(q.Field("project_id"), [project.pk for project in projects])


def in_groups(ids: Iterable[int]) -> q.Condition:
    """The condition that keeps a question within these groups."""
    return q.OneOf(q.Field("group_id"), list(ids))


def in_scope(scope: Scope) -> list[q.Condition]:
    """The conditions of the shared filter."""
    return [in_projects(scope.projects), *in_environments(scope)]


def in_environments(scope: Scope) -> list[q.Condition]:
    """The condition on the environment, if one is chosen."""
    if not scope.environments:
        return []
    return [q.OneOf(q.Field("environment"), list(scope.environments))]


def ask(
    columns: dict[str, q.Expression],
    where: list[q.Condition],
    start: datetime,
    end: datetime,
    **rest: Any,
) -> list[list[Any]]:
    """Ask for columns of the errors table between two times."""
    select = q.Select(
        table=ERRORS.name,
        columns=columns,
        where=where,
        start=micros(start),
        end=micros(end),
        **rest,
    )
    return store().query(select).rows


def bucket_seconds(period: Period, *, about: int) -> int:
    """The round bucket width that gives about that many bars."""
    wanted = (period.end - period.start).total_seconds() / about
    return next((width for width in _BUCKETS if width >= wanted * 0.75), _BUCKETS[-1])


def fill(counts: dict[int, int], period: Period, seconds: int) -> list[Bucket]:
    """Every bucket of the period, also the empty ones."""
    first = int(period.start.timestamp()) // seconds * seconds
    last = int(period.end.timestamp() - 0.000001) // seconds * seconds
    return [
        Bucket(start=datetime.fromtimestamp(at, UTC), count=counts.get(at, 0))
        for at in range(first, last + 1, seconds)
    ]
