"""Issues as explorations meet them: groups of events, some of which are merged into one issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from django.db.models import Count

from vedette.issues.lookup import find_issue, group_ids, seen_by
from vedette.issues.models import Issue, IssueKey
from vedette.search.errors import BadValue
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

Group: TypeAlias = tuple[int, int]  # the number of a group, and of its project
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
    found = group
    for project_id, firsts in _merged(visible).items():
        pairs = [number for pair in firsts.items() for number in pair]
        is_merged = q.All(
            [
                q.Compare(q.Field("project_id"), "=", project_id),
                q.OneOf(group, list(firsts)),
            ]
        )
        found = q.Call("choose", [is_merged, q.call("mapped", group, *pairs), found])
    return found


def issues_of(visible: VisibleProjects, groups: Iterable[Group]) -> dict[Group, Issue]:
    """The issue that each group belongs to, if it may be seen."""
    wanted = set(groups)
    keys = IssueKey.objects.filter(
        seen_by(visible), group_id__in={group for group, _ in wanted}
    ).select_related("issue__project")
    found = {(key.group_id, key.project_id): key.issue for key in keys}
    return {group: issue for group, issue in found.items() if group in wanted}


def _merged(visible: VisibleProjects) -> dict[int, dict[int, int]]:
    """By project, the groups of issues that have several, and the first of each such issue."""
    keys = IssueKey.objects.filter(seen_by(visible))
    several = keys.values("issue").annotate(number=Count("pk")).filter(number__gt=1)
    rows = keys.filter(issue__in=several.values("issue")).order_by("issue", "pk")
    first: dict[int, int] = {}
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for project_id, issue_id, group_id in rows.values_list("project_id", "issue_id", "group_id")[
        :_MOST_MERGED
    ]:
        found[project_id][group_id] = first.setdefault(issue_id, group_id)
    return found
