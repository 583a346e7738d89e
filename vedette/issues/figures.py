"""The figures of the rows of the issue list, exact within the scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vedette.issues import telemetry
from vedette.issues.models import Issue, IssueKey
from vedette.issues.shapes import IssueRow, Scope
from vedette.store import query as q

_SPARKLINE_BARS = 24


def issue_rows(scope: Scope, event: q.Condition | None, issues: Sequence[Issue]) -> list[IssueRow]:
    """The issues with their counts, users and bars within the scope. Raises StoreError.

    The store counts by issue: a person who met several groups of one issue counts once, and
    no more rows come back than are shown.
    """
    seconds = telemetry.bucket_seconds(scope.period, about=_SPARKLINE_BARS)
    ids = [issue.pk for issue in issues]
    users = users_of(scope, event, ids)
    bars: dict[int, dict[int, int]] = defaultdict(dict)
    for owners in _rounds(ids):
        for issue_id, count, at in _ask(
            scope,
            event,
            owners,
            {"n": telemetry.events(), "at": q.bucket(seconds)},
            ["issue", "at"],
        ):
            bars[issue_id][at] = count
    return [
        IssueRow(
            issue=issue,
            event_count=sum(bars[issue.pk].values()),
            user_count=users.get(issue.pk, 0),
            first_seen=issue.first_seen,
            last_seen=issue.last_seen,
            sparkline=telemetry.fill(bars[issue.pk], scope.period, seconds),
        )
        for issue in issues
    ]


def users_of(scope: Scope, event: q.Condition | None, issue_ids: Sequence[int]) -> dict[int, int]:
    """How many users each of these issues has within the scope."""
    figure: dict[str, q.Expression] = {"n": q.call("distinct", q.Field("user_number"))}
    return {
        issue_id: number
        for owners in _rounds(issue_ids)
        for issue_id, number in _ask(scope, event, owners, figure, ["issue"])
    }


def _ask(
    scope: Scope,
    event: q.Condition | None,
    owners: dict[int, dict[int, int]],
    figures: dict[str, q.Expression],
    group_by: list[str],
) -> list[list[int]]:
    """Figures by issue for the groups of some projects, which share no group number.

    Asked by project as well: a group of the same number in a project that does not own it
    here is left out of the answer, which is four times quicker than by a condition.
    """
    owner = {group: issue for held in owners.values() for group, issue in held.items()}
    own = {(project, issue) for project, held in owners.items() for issue in held.values()}
    pairs = [number for pair in owner.items() for number in pair]
    where: list[q.Condition] = [telemetry.in_groups(owner), *telemetry.in_environments(scope)]
    rows = telemetry.ask(
        scope.visible.only(owners),
        {
            "project_id": q.Field("project_id"),
            "issue": q.call("mapped", q.Field("group_id"), *pairs),
            **figures,
        },
        [*where, *([event] if event is not None else [])],
        scope.period.start,
        scope.period.end,
        group_by=["project_id", *group_by],
        limit=q.MOST_ROWS,
    )
    return [rest for project, *rest in rows if (project, rest[0]) in own]


def _rounds(issue_ids: Sequence[int]) -> list[dict[int, dict[int, int]]]:
    """The issue of each group by project, in parts in which no group number occurs twice.

    Group numbers are hashes salted with the project, so there is one part in practice.
    """
    projects: dict[int, dict[int, int]] = defaultdict(dict)
    keys = IssueKey.objects.filter(issue__in=issue_ids)
    for project_id, group, issue in keys.values_list("project_id", "group_id", "issue_id"):
        projects[project_id][group] = issue
    rounds: list[dict[int, dict[int, int]]] = []
    for project_id, owner in projects.items():
        free = (
            part for part in rounds if all(owner.keys().isdisjoint(held) for held in part.values())
        )
        part = next(free, None)
        if part is None:
            part = {}
            rounds.append(part)
        part[project_id] = owner
    return rounds
