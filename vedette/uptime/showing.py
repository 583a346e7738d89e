"""What can be seen of a difference between two standings."""

from __future__ import annotations

from typing import Final

from vedette.uptime.changes import Change, ChangeKind, State
from vedette.uptime.standing import Standing

_KINDS: Final = {
    State.DOWN: ChangeKind.DOWN,
    State.DEGRADED: ChangeKind.DEGRADED,
    State.UP: ChangeKind.UP,
}
_FLAGS: Final = (ChangeKind.FLAPPING, ChangeKind.SETTLED)


def shown(
    before: Standing, after: Standing, at: float, kind: ChangeKind | None = None
) -> tuple[Standing, list[Change]]:
    """The standing with the time since when it is shown so, and the changes, `kind` first.

    None begins before what was there before it. At most one of them leads to another state.
    """
    was, now = before.shown, after.shown
    at = max(at, before.since)
    seconds = at - before.since if before.since else 0.0
    found: list[Change] = []
    if kind in _FLAGS:
        found.append(Change(kind=kind, at=at, before=now, after=now, seconds=seconds))
    elif kind is not None:
        found.append(Change(kind=kind, at=at, before=was, after=now, seconds=seconds))
    if was is now:
        return after, found
    if kind in (None, *_FLAGS) and now in _KINDS:
        found.append(Change(kind=_KINDS[now], at=at, before=was, after=now, seconds=seconds))
    return after.changed(since=at), found
