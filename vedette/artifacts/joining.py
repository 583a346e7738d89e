"""Issues that turn out to be one when their frames can be read are made one.

An issue of minified frames has a group for each build. When all events of its groups read as
those of another issue, it is that issue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from vedette.issues.merging import merge
from vedette.issues.models import Issue, IssueKey
from vedette.pipeline.repair import Repaired


class Moves:
    """Where the events of each group of a project belong, as a pass over them found."""

    def __init__(self, project_id: int) -> None:
        self._project_id = project_id
        self._to: dict[int, set[int]] = defaultdict(set)

    def note(self, repaired: Iterable[Repaired]) -> None:
        """These were read."""
        for one in repaired:
            self._to[one.group_id].add(one.new_group_id)

    def join(self, is_read: Callable[[list[int]], bool]) -> int:
        """Make issues one where that is certain; returns how often.

        `is_read` says of groups whether all their events could be read.
        """
        count = 0
        for issue_id in sorted(set(self._issues(self._to).values())):
            groups = self._groups(issue_id)
            targets = {target for group in groups for target in self._to.get(group, ())}
            others = set(self._issues(targets).values()) - {issue_id}
            is_whole = all(group in self._to or group in targets for group in groups)
            if len(others) == 1 and is_whole and is_read(groups) and self._all_lead(targets):
                merge(*Issue.objects.filter(pk__in=[issue_id, *others]))
                count += 1
        return count

    def _all_lead(self, targets: set[int]) -> bool:
        """Whether the new groups are all of one issue."""
        issues = self._issues(targets)
        return len(issues) == len(targets) and len(set(issues.values())) == 1

    def _issues(self, groups: Iterable[int]) -> dict[int, int]:
        """The issue of each group that has one."""
        keys = IssueKey.objects.filter(project_id=self._project_id, group_id__in=list(groups))
        return dict(keys.values_list("group_id", "issue_id"))

    def _groups(self, issue_id: int) -> list[int]:
        return list(IssueKey.objects.filter(issue=issue_id).values_list("group_id", flat=True))
