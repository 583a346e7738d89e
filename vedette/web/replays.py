"""Replays as pages name them: with where each is played."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.replays.addresses import address_of, film_of, still_of
from vedette.replays.rows import ReplayRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchable:
    """A replay, where it is played from the moment in question on, and what shows the moment."""

    row: ReplayRow
    address: str
    still: str
    film: str


def watchable(reference: str, row: ReplayRow, at_ms: float | None = None) -> Watchable:
    """A replay of the project that addresses call so; the moment in milliseconds since 1970."""
    return Watchable(
        row=row,
        address=address_of(reference, row, at_ms),
        still=still_of(reference, row, at_ms),
        film=film_of(reference, row),
    )
