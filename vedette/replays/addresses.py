"""Where a replay is played, and its pictures are: the one place that knows the addresses."""

from __future__ import annotations

from vedette.replays.rows import ReplayRow

_MOST_MS = 86_400_000  # no replay is longer, whatever an error says of its time


def address_of(reference: str, row: ReplayRow, at_ms: float | None = None) -> str:
    """The page of a replay, from a moment on where one is given, in milliseconds since 1970.

    `reference` is what addresses call the replay's project.
    """
    page = f"/replays/{reference}/{row.replay_id}/"
    if at_ms is None:
        return page
    return f"{page}?t={min(max(0, round(at_ms) - row.started_ms), _MOST_MS)}"


def still_of(reference: str, row: ReplayRow, at_ms: float | None = None) -> str:
    """What shows one moment of a replay, its beginning unless one is given."""
    address = f"/replays/{reference}/{row.replay_id}/still/?began={row.started_ms}"
    if at_ms is None:
        return address
    return f"{address}&t={min(max(0, round(at_ms) - row.started_ms), _MOST_MS)}"


def film_of(reference: str, row: ReplayRow) -> str:
    """Below which the videos of a mobile replay lie."""
    return f"/replays/{reference}/{row.replay_id}/segments/"
