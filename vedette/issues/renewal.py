"""A new version of the grouping does not split issues: new keys find the old key's issue.

Every key is stored with the version that gave it, and counts as a former key only where that
very version gave it. An event of which an earlier version knew the issue stays in it: where its
key of today is unknown, that key becomes one more of the issue's; where it leads to another
issue already, because a newer event made one, the event is stored in its former group.

A closure that an edit moved up or down a few lines finds its issue the same way, but only
while its own key is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from vedette.facts import EventSeen, FormerGroup
from vedette.issues.models import IssueKey
from vedette.pipeline.grouping import VERSION

_KEYS_PER_QUERY = 400


class _Held(NamedTuple):
    """The issue that a key leads to, and the version that gave the key."""

    issue_id: int
    version: str


def adopt(events: Sequence[EventSeen]) -> list[EventSeen]:
    """The events, one for one, in the groups under which they belong to their issues.

    Gives keys that are unknown to the issues of their former keys; once, and for good.
    """
    renewed = [event for event in events if event.former]
    if not renewed:
        return list(events)
    held = _held(renewed)
    return [_placed(event, held) if event.former else event for event in events]


def has_former_keys() -> bool:
    """Whether there are issues that an earlier version of the grouping made.

    Their keys were made before all others, so the first one tells.
    """
    first = IssueKey.objects.order_by("pk").values_list("version", flat=True).first()
    return first is not None and first != VERSION


def _placed(event: EventSeen, held: dict[tuple[int, int], _Held]) -> EventSeen:
    """The event in its group, or in its former one where the two are of different issues."""
    place = (event.project_id, event.group_id)
    own = held.get(place)
    for former in event.former:
        found = held.get((event.project_id, former.group_id))
        if found is None or found.version != former.version:
            continue
        if own is None:
            held[place] = _Held(found.issue_id, event.version)
            _add_key(event, found.issue_id)
            return event
        if former.version != event.version:
            return event if own.issue_id == found.issue_id else _in_group(event, former)
    return event


def _in_group(event: EventSeen, former: FormerGroup) -> EventSeen:
    return msgspec.structs.replace(event, group_id=former.group_id, version=former.version)


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
