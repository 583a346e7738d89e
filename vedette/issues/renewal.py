"""A new version of the grouping does not split issues: new keys find the old key's issue.

Every key is stored with the version that gave it. An event whose key is unknown, but whose
key by an earlier version leads to an issue, belongs to that issue, and its key becomes one
more of the issue's. A former key counts only where that very version gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vedette.facts import EventSeen
from vedette.issues.models import IssueKey

_KEYS_PER_QUERY = 400


class _Held(NamedTuple):
    """The issue that a key leads to, and the version that gave the key."""

    issue_id: int
    version: str


def adopt(events: Sequence[EventSeen]) -> None:
    """Give the keys of these events to the issues of their former keys; once, and for good."""
    renewed = [event for event in events if event.former]
    if not renewed:
        return
    held = _held(renewed)
    for event in renewed:
        place = (event.project_id, event.group_id)
        if place in held:
            continue
        found = _former_issue(event, held)
        if found is not None:
            held[place] = _Held(found, event.version)
            _add_key(event, found)


def _former_issue(event: EventSeen, held: dict[tuple[int, int], _Held]) -> int | None:
    """The issue of the newest earlier version that knows the event."""
    for former in event.former:
        found = held.get((event.project_id, former.group_id))
        if found is not None and found.version == former.version:
            return found.issue_id
    return None


def _held(events: Iterable[EventSeen]) -> dict[tuple[int, int], _Held]:
    """What is known of the keys and the former keys of these events."""
    numbers = {event.group_id for event in events}
    numbers |= {former.group_id for event in events for former in event.former}
    ordered = sorted(numbers)
    found: dict[tuple[int, int], _Held] = {}
    for start in range(0, len(ordered), _KEYS_PER_QUERY):
        keys = IssueKey.objects.filter(group_id__in=ordered[start : start + _KEYS_PER_QUERY])
        for project_id, group_id, issue_id, version in keys.values_list(
            "project_id", "group_id", "issue_id", "version"
        ):
            found[(project_id, group_id)] = _Held(issue_id, version)
    return found


def _add_key(event: EventSeen, issue_id: int) -> None:
    """One more key of an issue, unless another writer was faster."""
    IssueKey.objects.get_or_create(
        project_id=event.project_id,
        group_id=event.group_id,
        defaults={"issue_id": issue_id, "key": event.key, "version": event.version},
    )
