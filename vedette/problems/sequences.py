"""Spans that follow each other, for the detectors of loops and of what could run at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from vedette.problems.segment import Piece

_TOLERANCE = 1000  # microseconds by which clocks of one process let neighbours overlap


def follows(before: Piece, after: Piece) -> bool:
    """Whether one began when the other had ended."""
    return after.start >= before.end - min(_TOLERANCE, (before.end - before.start) // 2)


def runs(
    pieces: Sequence[Piece],
    is_of_it: Callable[[Piece], bool],
    *,
    most_gap_ms: float = float("inf"),
) -> Iterator[list[Piece]]:
    """Stretches of neighbours of which each begins when the one before has ended.

    What is not `is_of_it` ends a stretch, as does a longer gap or an overlap.
    """
    run: list[Piece] = []
    for piece in pieces:
        fits = is_of_it(piece)
        if run and not (
            fits and follows(run[-1], piece) and piece.start - run[-1].end <= most_gap_ms * 1000
        ):
            yield run
            run = []
        if fits:
            run.append(piece)
    if run:
        yield run


def share_in_sequence(pieces: Sequence[Piece]) -> float:
    """The share of neighbours that do not overlap: 1 for a loop, 0 for what runs at once."""
    if len(pieces) < 2:
        return 1.0
    pairs = list(pairwise(pieces))
    return sum(follows(one, other) for one, other in pairs) / len(pairs)


def density(pieces: Sequence[Piece]) -> float:
    """The share of the time from the first to the last in which one of them ran."""
    length = (pieces[-1].end - pieces[0].start) / 1000
    return sum(piece.took for piece in pieces) / length if length else 1.0
