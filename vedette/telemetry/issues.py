"""Issues as explorations meet them: groups of events, some of which are merged into one issue."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from vedette.issues.lookup import find_issue, group_ids, seen_by
from vedette.issues.models import Issue, IssueKey
from vedette.search.errors import BadValue
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

_MOST_MERGED = 2000


def events_of(visible: VisibleProjects, name: str) -> q.Condition:
    """The condition on the events of an issue by its short name. Raises BadValue."""
    issue = find_issue(visible, name)
    if issue is None:
        raise BadValue(f"there is no issue {name[:100]}; issues are named as SHOP-12")
    of_project = q.Compare(q.Field("project_id"), "=", issue.project_id)
    return q.All([of_project, q.OneOf(q.Field("group_id"), [*group_ids(issue)])])


def first_group(group: q.Expression, visible: VisibleProjects) -> q.Expression:
    """The group of a row; of issues that were merged, one of their groups for all of them."""
    firsts = _merged(visible)
    if not firsts:
        return group
    pairs = [number for pair in firsts.items() for number in pair]
    is_merged = q.OneOf(group, list(firsts))
    return q.Call("choose", [is_merged, q.call("mapped", group, *pairs), group])


def issues_of(visible: VisibleProjects, groups: Iterable[int]) -> dict[int, Issue]:
    """The issue that each group belongs to, if it may be seen."""
    keys = IssueKey.objects.filter(seen_by(visible), group_id__in=set(groups))
    return {key.group_id: key.issue for key in keys.select_related("issue__project")}


def _merged(visible: VisibleProjects) -> dict[int, int]:
    """The groups of issues that have several, and the first of each such issue."""
    keys = IssueKey.objects.filter(seen_by(visible))
    several = keys.values("issue").annotate(number=Count("pk")).filter(number__gt=1)
    rows = keys.filter(issue__in=several.values("issue")).order_by("issue", "pk")
    first: dict[int, int] = {}
    return {
        group_id: first.setdefault(issue_id, group_id)
        for issue_id, group_id in rows.values_list("issue_id", "group_id")[:_MOST_MERGED]
    }
