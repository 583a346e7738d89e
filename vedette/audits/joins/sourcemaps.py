"""Releases whose frames nobody can read, because they lack their source maps."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import Seen

_LEAST = 5
_MUCH = 20  # percent
_MOST = 5


def find(seen: Seen) -> Iterator[Told]:
    """The releases with the most errors of which a fifth or more have such frames."""
    told = 0
    for release, whole, unread in seen.unread_by_release:
        share = unread * 100 // whole if whole else 0
        if whole < _LEAST or share < _MUCH or told == _MOST:
            continue
        told += 1
        yield Told(
            severity="important",
            text=f"Source maps are missing for frames in {share} % of the {whole:,} events of "
            f"{release or 'no release'}",
            advice="Upload them where it is built, with the release that the SDK names.",
            search=f'release:"{release}"' if release else "!has:release",
        )


JOIN = Join(
    id="cov.sourcemaps",
    title="Frames without source maps",
    needs=("unread_by_release",),
    find=find,
)
