"""The metadata's side of the pipeline: issues, their keys and the spool position, in one go.

Implements `vedette.pipeline.domain.Domain`. The hot statements are hand-written SQL that
SQLite and PostgreSQL both understand; new issues, which are rare, go through the ORM.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.db.models import F

from vedette.issues.models import Issue, IssueKey, SpoolPosition
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.work import IssueUpdate
from vedette.projects.models import Project
from vedette.projects.scrubbing import scrub_settings

_KEYS_PER_QUERY = 400
_NEW_SECONDS = 7 * 86400  # an issue counts as new for its first week
_UPDATE = """
UPDATE issues_issue SET
  event_count = event_count + %s,
  first_release = CASE WHEN %s < first_seen THEN %s ELSE first_release END,
  first_seen = CASE WHEN %s < first_seen THEN %s ELSE first_seen END,
  last_release = CASE WHEN %s >= last_seen AND %s <> '' THEN %s ELSE last_release END,
  event_type = CASE WHEN %s >= last_seen THEN %s ELSE event_type END,
  type = CASE WHEN %s >= last_seen THEN %s ELSE type END,
  value = CASE WHEN %s >= last_seen THEN %s ELSE value END,
  culprit = CASE WHEN %s >= last_seen THEN %s ELSE culprit END,
  level = CASE WHEN %s >= last_seen THEN %s ELSE level END,
  is_unhandled = CASE WHEN %s >= last_seen THEN %s ELSE is_unhandled END,
  substatus = CASE WHEN status = 'resolved' AND %s > resolved_at THEN 'regressed'
                   WHEN substatus = 'new' AND first_seen < %s THEN 'ongoing'
                   ELSE substatus END,
  status = CASE WHEN status = 'resolved' AND %s > resolved_at THEN 'unresolved' ELSE status END,
  last_seen = CASE WHEN %s > last_seen THEN %s ELSE last_seen END
WHERE id = %s
"""


class IssueSink:
    """Writes batches. For the pipeline's thread only."""

    def __init__(self, scrub_defaults: ScrubSettings) -> None:
        self._scrub_defaults = scrub_defaults

    def position(self, writer: str) -> int:
        """The position up to which this writer's records have had their effect."""
        with _reaching():
            found = SpoolPosition.objects.filter(writer=writer).first()
        return found.position if found else 0

    def apply(self, updates: Sequence[IssueUpdate], *, writer: str, position: int) -> None:
        """Write the updates and the position, or nothing of both."""
        with _reaching(), transaction.atomic():
            if updates:
                self._apply_updates(updates)
            moved = SpoolPosition.objects.filter(writer=writer).update(position=position)
            if not moved:
                SpoolPosition.objects.create(writer=writer, position=position)

    def scrubbing(self) -> Mapping[int, ScrubSettings]:
        """The scrubbing settings of every project that exists."""
        with _reaching():
            return {
                project_id: scrub_settings(chosen, self._scrub_defaults)
                for project_id, chosen in Project.objects.values_list("id", "scrubbing")
            }

    def _apply_updates(self, updates: Sequence[IssueUpdate]) -> None:
        known = _issues_of([update.group_id for update in updates])
        old: list[tuple[int, IssueUpdate]] = []
        for update in updates:
            issue_id = known.get((update.project_id, update.group_id))
            if issue_id is None:
                self._create(update)
            else:
                old.append((issue_id, update))
        if old:
            with connection.cursor() as cursor:
                cursor.executemany(_UPDATE, [_parameters(*pair) for pair in old])

    def _create(self, update: IssueUpdate) -> None:
        if not Project.objects.filter(id=update.project_id).update(
            next_short_id=F("next_short_id") + 1
        ):
            return  # the project was deleted a moment ago
        project = Project.objects.get(id=update.project_id)
        if project.first_event_at is None:
            Project.objects.filter(id=project.id).update(first_event_at=_time(update.received))
        issue = Issue.objects.create(
            project=project,
            short_id=project.next_short_id - 1,
            event_count=update.count,
            first_seen=_time(update.first_seen),
            last_seen=_time(update.last_seen),
            priority=_priority(update),
            **{name: getattr(update, name) for name in _COPIED},
        )
        IssueKey.objects.create(
            project=project,
            issue=issue,
            group_id=update.group_id,
            key=update.key,
            version=update.version,
        )


@contextmanager
def _reaching() -> Iterator[None]:
    """Says in the pipeline's words that the database cannot be reached."""
    close_old_connections()
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DomainUnavailable(f"the metadata cannot be reached: {error}") from error


_COPIED = (
    "event_type",
    "type",
    "value",
    "culprit",
    "filename",
    "function",
    "logger",
    "level",
    "platform",
    "is_unhandled",
    "first_release",
    "last_release",
)


def _issues_of(group_ids: list[int]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(group_ids), _KEYS_PER_QUERY):
        part = group_ids[start : start + _KEYS_PER_QUERY]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT project_id, group_id, issue_id FROM issues_issuekey "
                f"WHERE group_id IN ({marks})",  # noqa: S608 - only placeholders are put in
                part,
            )
            for project_id, group_id, issue_id in cursor.fetchall():
                found[(project_id, group_id)] = issue_id
    return found


def _parameters(issue_id: int, update: IssueUpdate) -> tuple[Any, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    first, last = adapt(_time(update.first_seen)), adapt(_time(update.last_seen))
    newest: list[Any] = []
    for name in ("event_type", "type", "value", "culprit", "level", "is_unhandled"):
        newest += [last, getattr(update, name)]
    return (
        update.count,
        first,
        update.first_release,
        first,
        first,
        last,
        update.last_release,
        update.last_release,
        *newest,
        last,
        adapt(_time(update.last_seen - _NEW_SECONDS)),
        last,
        last,
        last,
        issue_id,
    )


def _priority(update: IssueUpdate) -> str:
    if update.level in ("fatal",) or (update.level == "error" and update.is_unhandled):
        return "high"
    return "medium" if update.level == "error" else "low"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
