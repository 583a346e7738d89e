"""Whether people are told of a bad state, and when: dependencies, start-up, the opposite.

The three promises of dependencies: what fails because something it depends on does is not told;
when that recovers and this is still bad after one interval of its own, it is told; and nothing
depends on itself (`vedette.uptime.dependencies`). Whatever was told has its end told, too.
"""

from __future__ import annotations

import msgspec

from vedette.uptime.changes import Change, ChangeKind, State
from vedette.uptime.policy import Policy
from vedette.uptime.standing import Standing


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What people are to hear: it is `state`; `at` is since when."""

    state: State
    at: float


def tell(
    policy: Policy, standing: Standing, now: float, *, blocked_by: int | None
) -> tuple[Standing, list[Change], Told | None]:
    """What is told now. `blocked_by` is a monitor in trouble on which this one depends."""
    state = standing.shown
    if state is State.UP:
        return _well(standing)
    if not state.is_bad or standing.told is state:
        return standing, [], None
    if blocked_by is not None:
        return _suppressed(standing, blocked_by, now)
    if standing.suppressed_by is not None:
        release = standing.release_at or now + policy.interval
        if now < release:
            return standing.changed(release_at=release), [], None
    elif now < standing.hold_until and standing.told is None:
        return standing, [], None
    changes = []
    if standing.suppressed_by is not None:
        changes.append(_flag(ChangeKind.RELEASED, standing, now))
    made = standing.changed(told=state, suppressed_by=None, release_at=None)
    return made, changes, Told(state=state, at=standing.since)


def _well(standing: Standing) -> tuple[Standing, list[Change], Told | None]:
    """It is told to be well if it was told to be bad."""
    if standing.told is None and standing.suppressed_by is None:
        return standing, [], None
    changes = []
    if standing.suppressed_by is not None:
        changes.append(_flag(ChangeKind.RELEASED, standing, standing.since))
    made = standing.changed(told=None, suppressed_by=None, release_at=None)
    told = Told(state=State.UP, at=standing.since) if standing.told is not None else None
    return made, changes, told


def _suppressed(
    standing: Standing, by: int, now: float
) -> tuple[Standing, list[Change], Told | None]:
    if standing.suppressed_by == by and standing.release_at is None:
        return standing, [], None
    is_new = standing.suppressed_by is None
    changes = [_flag(ChangeKind.SUPPRESSED, standing, now)] if is_new else []
    return standing.changed(suppressed_by=by, release_at=None), changes, None


def _flag(kind: ChangeKind, standing: Standing, at: float) -> Change:
    return Change(kind=kind, at=at, before=standing.shown, after=standing.shown)
