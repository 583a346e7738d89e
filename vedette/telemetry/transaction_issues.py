"""How transactions end: by their status, and the issues of the errors within them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from vedette.issues.lookup import seen_by
from vedette.issues.models import Issue, IssueKey
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import ask, in_environments
from vedette.store import query as q
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, figure, same

MOST_STATUSES = 20
MOST_ISSUES = 10
_MOST_GROUPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many ended with a status."""

    status: str
    is_failed: bool
    count: float


def endings(scope: Scope, name: str) -> list[Ending]:
    """By status, the most frequent first. Raises StoreError."""
    rows = ask_spans(
        scope,
        {
            "status": q.Field("status"),
            "is_failed": q.Field("is_failed"),
            "count": figure("count()"),
        },
        [IS_TRANSACTION, same("transaction", name)],
        group_by=["status", "is_failed"],
        order_by=[q.Order("count", descending=True), q.Order("status")],
        limit=MOST_STATUSES,
    )
    return [
        Ending(status=row["status"] or "none", is_failed=bool(row["is_failed"]), count=row["count"])
        for row in rows
    ]


def issues_in(scope: Scope, name: str) -> list[tuple[Issue, int]]:
    """The issues of errors that name this transaction, with how many; the most frequent first."""
    rows = ask(
        scope.visible,
        {"group": q.Field("group_id"), "project": q.Field("project_id"), "count": q.count()},
        [same("transaction", name), *in_environments(scope)],
        scope.period.start,
        scope.period.end,
        group_by=["group", "project"],
        order_by=[q.Order("count", descending=True)],
        limit=_MOST_GROUPS,
    )
    keys = IssueKey.objects.filter(seen_by(scope.visible), group_id__in=[row[0] for row in rows])
    known = {
        (key.project_id, key.group_id): key.issue for key in keys.select_related("issue__project")
    }
    counts: Counter[Issue] = Counter()
    for group, project, count in rows:
        issue = known.get((project, group))
        if issue is not None:
            counts[issue] += count
    return counts.most_common(MOST_ISSUES)
