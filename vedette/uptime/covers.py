"""What lies over a measured state: a pause, maintenance; and states that others decide."""

from __future__ import annotations

from vedette.uptime.changes import Change, ChangeKind, State
from vedette.uptime.showing import shown
from vedette.uptime.standing import Standing


def begin(at: float) -> Standing:
    """How a new monitor stands."""
    return Standing(since=at)


def pause(standing: Standing, at: float) -> tuple[Standing, list[Change]]:
    """Nothing is measured from now on, and nobody is told."""
    if standing.is_paused:
        return standing, []
    made = standing.changed(
        is_paused=True, told=None, suppressed_by=None, release_at=None, is_stalled=False
    )
    return shown(standing, made, at, ChangeKind.PAUSED)


def resume(standing: Standing, at: float) -> tuple[Standing, list[Change]]:
    """As a new one, but for its place in time: what was before the pause says nothing of now."""
    if not standing.is_paused:
        return standing, []
    made = Standing(
        since=standing.since,
        judged_at=standing.judged_at,
        in_maintenance=standing.in_maintenance,
    )
    return shown(standing, made, at, ChangeKind.RESUMED)


def maintain(standing: Standing, at: float, *, is_on: bool) -> tuple[Standing, list[Change]]:
    """Maintenance begins or ends; the measured state goes on beneath it."""
    if standing.in_maintenance is is_on:
        return standing, []
    kind = ChangeKind.MAINTENANCE if is_on else ChangeKind.MAINTENANCE_OVER
    return shown(standing, standing.changed(in_maintenance=is_on), at, kind)


def put(
    standing: Standing, state: State, at: float, *, is_known: bool = True
) -> tuple[Standing, list[Change]]:
    """A measured state that was decided elsewhere, as of a composite: without counters."""
    if standing.is_paused:
        return standing, []
    made = standing.changed(
        raw=state if is_known else standing.raw, is_stalled=not is_known, judged_at=at
    )
    if is_known:
        made.known_at = at
    if made.is_stalled is standing.is_stalled:
        return shown(standing, made, at)
    return shown(standing, made, at, ChangeKind.KNOWN if is_known else ChangeKind.UNKNOWN)


def renew(standing: Standing, at: float) -> tuple[Standing, list[Change]]:
    """What is watched is another thing now: as after a pause, without one."""
    if standing.is_paused:
        return standing, []
    paused, _ = pause(standing, at)
    made, _ = resume(paused, at)
    return shown(standing, made.changed(since=standing.since), at, ChangeKind.RESUMED)
