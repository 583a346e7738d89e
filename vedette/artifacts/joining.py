"""Issues that turn out to be one when their frames can be read are made one.

An issue of minified frames has a group for each build. When all events of its groups read as
those of another issue, it is that issue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from vedette.artifacts.models import GroupMove
from vedette.issues.merging import merge
from vedette.issues.models import Issue, IssueKey
from vedette.pipeline.repair import Repaired


def note_moves(repaired: Iterable[Repaired]) -> None:
    """Write down where the events of these groups belong; before the events are changed."""
    pairs = sorted({(one.project_id, one.group_id, one.new_group_id) for one in repaired})
    GroupMove.objects.bulk_create(
        [
            GroupMove(project_id=project, group_id=group, new_group_id=new)
            for project, group, new in pairs
        ],
        ignore_conflicts=True,
    )


def join(project_id: int, is_read: Callable[[list[int]], bool]) -> int:
    """Make issues of a project one where that is certain; returns how often.

    `is_read` says of groups whether all their events could be read. No batch may be committed
    meanwhile.
    """
    return _Moves(project_id).join(is_read)


class _Moves:
    """Where the events of each group of a project belong, as passes over them found."""

    def __init__(self, project_id: int) -> None:
        self._project_id = project_id
        self._to: dict[int, set[int]] = defaultdict(set)
        moves = GroupMove.objects.filter(project_id=project_id)
        for group, new in moves.values_list("group_id", "new_group_id"):
            self._to[group].add(new)

    def join(self, is_read: Callable[[list[int]], bool]) -> int:
        count = 0
        for issue_id in self._torn():
            groups = self._groups(issue_id)
            targets = {target for group in groups for target in self._to.get(group, ())}
            others = set(self._issues(targets).values()) - {issue_id}
            is_whole = all(group in self._to or group in targets for group in groups)
            if len(others) == 1 and is_whole and is_read(groups) and self._all_lead(targets):
                both = list(Issue.objects.filter(pk__in=[issue_id, *others]))
                if len(both) == 2:  # else somebody has just deleted one
                    merge(*both)
                    count += 1
        return count

    def _torn(self) -> list[int]:
        """The issues of which a group belongs to another issue."""
        moves = GroupMove.objects.filter(project_id=self._project_id)
        keys = IssueKey.objects.filter(project_id=self._project_id)
        issues: dict[int, int] = {}
        for name in ("group_id", "new_group_id"):
            of_moves = keys.filter(group_id__in=moves.values(name))
            issues.update(of_moves.values_list("group_id", "issue_id"))
        pairs = ((group, target) for group, to in self._to.items() for target in to)
        return sorted(
            {
                issues[group]
                for group, target in pairs
                if group in issues and issues.get(target, issues[group]) != issues[group]
            }
        )

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
