"""What was asked to be deleted goes: rows and bytes first, then the counts that told of them.

Every step may be done again: a kill in between loses nothing and counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from vedette import clock
from vedette.issues.models import Issue, IssueKey
from vedette.issues.telemetry import micros
from vedette.items._feedback import FEEDBACK
from vedette.items._kept import KEPT_ITEMS
from vedette.items._replays import REPLAYS
from vedette.items.attachment import ATTACHMENTS
from vedette.items.event import ERRORS
from vedette.items.user_report import REPORTS
from vedette.spool import backlog
from vedette.storage.deleting import EVER, delete_rows
from vedette.storage.models import Forgetting, Removal
from vedette.store import query as q
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

ByProject: TypeAlias = Mapping[int, Mapping[str, int]]  # events by group, by project
BESIDE = (ATTACHMENTS, FEEDBACK, REPORTS, KEPT_ITEMS)
_AT_ONCE = 5000
_MOST_AT_ONCE = 50
_AGAIN = timedelta(seconds=20)
_SETTLED = timedelta(seconds=60)  # longer than a batch is on its way
_STILL_RECORDED = timedelta(hours=2)  # SDKs end a replay after an hour
_AGAIN_REPLAY = timedelta(minutes=5)
_DELETED_SHARE = 0.3


def remove_waiting(house: House) -> None:
    """Delete what waits, and look again for what came late. Raises StoreError, OSError."""
    now = clock.now()
    is_old_replay = Q(asked_at__lt=now - 2 * _SETTLED) & ~Q(replay_id="")
    is_due = (
        Q(looked_at=None)
        | Q(looked_at__lt=now - _AGAIN) & ~is_old_replay
        | Q(looked_at__lt=now - _AGAIN_REPLAY)
    )
    waiting = Removal.objects.filter(is_due, is_done=False).select_related("project")
    never_first = waiting.order_by(F("looked_at").asc(nulls_first=True), "pk")
    for one in never_first[:_MOST_AT_ONCE]:
        _remove(house, one)


def _remove(house: House, one: Removal) -> None:
    is_first = one.looked_at is None
    if one.attachment_id:
        delete_rows(house, [ATTACHMENTS], _within(one, "attachment_id", [one.attachment_id]))
    elif one.replay_id:
        delete_rows(house, [REPLAYS], _within(one, "replay_id", [one.replay_id]))
    else:
        _remove_events(house, one)
    if is_first:
        house.store.rewrite(_DELETED_SHARE)
    one.looked_at = clock.now()
    settled = _STILL_RECORDED if one.replay_id else _SETTLED
    one.is_done = _is_settled(house, one.asked_at, one.looked_at, settled)
    one.save(update_fields=["looked_at", "is_done"])


def _is_settled(house: House, asked_at: datetime, now: datetime, settled: timedelta) -> bool:
    """Whether nothing that was received before, or is a part of it, is on its way any more."""
    age = timedelta(seconds=backlog.age_seconds(house.spool_folder))
    return now - asked_at > max(settled, age)


def _remove_events(house: House, one: Removal) -> None:
    column, values = ("event_id", [one.event_id]) if one.event_id else ("group_id", one.group_ids)
    where = q.All(
        [
            _within(one, column, values),
            q.Compare(q.Field("received"), "<=", micros(one.asked_at)),
        ]
    )
    counts = {str(group): count for group, count in _counts(house, where)}
    if one.event_id:
        delete_rows(house, BESIDE, _within(one, "event_id", [one.event_id]))
    elif counts:
        for ids in beside(house, [one.project_id], where):
            delete_rows(house, BESIDE, _within(one, "event_id", ids))
    by_project = {one.project_id: counts} if counts else {}
    remove_counted(house, one, by_project, where)


def remove_counted(
    house: House, one: Removal | Forgetting, found: ByProject, where: q.Condition
) -> None:
    """Delete events of groups, and take them out of their issues' counts once.

    What is about to go is noted first; what a kill has left noted, and is not there any more,
    went without being taken out of the counts.
    """
    noted = _by_project(one)
    gone = {
        project: {
            group: count - left
            for group, count in groups.items()
            if count > (left := found.get(project, {}).get(group, 0))
        }
        for project, groups in noted.items()
    }
    if noted:
        correct(house, gone, lambda: _note_counted(one, {}))
    if found:
        _note_counted(one, found)
        delete_rows(house, [ERRORS], where)
        correct(house, found, lambda: _note_counted(one, {}))


def _note_counted(one: Removal | Forgetting, found: ByProject) -> None:
    held = {str(project): dict(groups) for project, groups in found.items()}
    one.counted = next(iter(held.values()), {}) if isinstance(one, Removal) else held
    one.save(update_fields=["counted"])


def _by_project(one: Removal | Forgetting) -> dict[int, dict[str, int]]:
    if isinstance(one, Removal):
        return {one.project_id: one.counted} if one.counted else {}
    return {int(project): groups for project, groups in one.counted.items()}


def beside(
    house: House, project_ids: Sequence[int], events: q.Condition
) -> Iterator[list[q.Value]]:
    """The ids of those of some events that have rows in other tables, in portions."""
    theirs = q.OneOf(q.Field("project_id"), list[q.Value](project_ids))
    named = {
        row[0] for table in BESIDE for row in _ask(house, table, ["event_id"], theirs) if row[0]
    }
    found = sorted(named)
    for first in range(0, len(found), _AT_ONCE):
        some = q.OneOf(q.Field("event_id"), found[first : first + _AT_ONCE])
        ids = [row[0] for row in _ask(house, ERRORS, ["event_id"], q.All([events, some]))]
        if ids:
            yield ids


def correct(house: House, gone: ByProject, done: Callable[[], None]) -> None:
    """Take events of groups out of their issues' counts; one of which nothing is left goes too.

    No batch is committed meanwhile: it could bring back what is just counted. `done` notes it
    in the same transaction, so that nothing is taken out twice.
    """
    with house.owner.pausing(), transaction.atomic():
        for project_id, groups in gone.items():
            for group, count in groups.items():
                _correct_one(house, project_id, int(group), count)
        done()


def _correct_one(house: House, project_id: int, group: int, count: int) -> None:
    key = IssueKey.objects.filter(project=project_id, group_id=group).first()
    if key is None:
        return
    Issue.objects.filter(pk=key.issue_id).update(event_count=Greatest(F("event_count") - count, 0))
    groups = list(IssueKey.objects.filter(issue=key.issue_id).values_list("group_id", flat=True))
    left = q.All(
        [
            q.Compare(q.Field("project_id"), "=", project_id),
            q.OneOf(q.Field("group_id"), list[q.Value](groups)),
        ]
    )
    if not list(_counts(house, left)):
        Issue.objects.filter(pk=key.issue_id).delete()


def _within(one: Removal, column: str, values: Sequence[q.Value]) -> q.Condition:
    return q.All(
        [
            q.Compare(q.Field("project_id"), "=", one.project_id),
            q.OneOf(q.Field(column), list(values)),
        ]
    )


def _counts(house: House, where: q.Condition) -> list[list[int]]:
    """Events by group."""
    return _ask(house, ERRORS, ["group_id"], where, counts=True)


def _ask(
    house: House, table: Table, names: Sequence[str], where: q.Condition, *, counts: bool = False
) -> list[list[Any]]:
    columns: dict[str, q.Expression] = {name: q.Field(name) for name in names}
    if counts:
        columns["n"] = q.count()
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=table.name,
        columns=columns,
        where=[where],
        group_by=list(names),
        start=-EVER,
        end=EVER,
        limit=EVER,
    )
    return house.store.query(select).rows
