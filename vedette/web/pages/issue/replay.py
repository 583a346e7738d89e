"""The replay of the event at hand, and others in which the issue happened."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.issues.models import Issue
from vedette.issues.reading import StoredEvent
from vedette.replays.reading import find_row, replays_of_issue
from vedette.web.access import Viewer
from vedette.web.replays import Watchable, watchable

_MOST_OTHERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayView:
    """The block. `own` is of this event; it is missing where the replay is not here, and then
    `named` says whether the event names one. `others` begin with the one that shows most."""

    own: Watchable | None
    named: str
    others: list[Watchable]


def make_replay(viewer: Viewer, issue: Issue, stored: StoredEvent) -> ReplayView | None:
    """The block; None where there is nothing to be said. Raises StoreError."""
    mine = viewer.visible.only([issue.project_id])
    found = find_row(mine, stored.replay_id) if stored.replay_id else None
    at_ms = stored.timestamp.timestamp() * 1000
    others = replays_of_issue(mine, issue, limit=_MOST_OTHERS + 1)
    others = [one for one in others if one.replay_id != stored.replay_id][:_MOST_OTHERS]
    if found is None and not others and not stored.replay_id:
        return None
    reference = viewer.reference(issue.project)
    return ReplayView(
        own=watchable(reference, found, at_ms) if found is not None else None,
        named=stored.replay_id,
        others=[watchable(reference, one, one.at_ms) for one in others],
    )
