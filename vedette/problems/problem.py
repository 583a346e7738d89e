"""What a detector finds, and the limits by which it decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from vedette.problems.segment import Piece

Limits: TypeAlias = Mapping[str, float]
"""The value of each of a detector's thresholds by its name."""


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why it was taken for a problem: what was measured, and the threshold that it reaches.

    `unit` is "ms", "bytes", "share" (0 to 1), or "" for a number.
    """

    words: str
    measured: float
    threshold: float
    unit: str = ""


class Found(msgspec.Struct, gc=False, kw_only=True):
    """One problem of a segment.

    `subject` says what it is about without what differs each time; problems of one detector,
    subject, parent and transaction are one issue. `offenders` are the spans to blame, `causes`
    what led to them, `lost_ms` the time that could be saved at most.
    """

    subject: str
    parent: Piece
    offenders: list[Piece]
    reasons: list[Reason]
    causes: list[Piece] = []
    lost_ms: float


def total(pieces: Iterable[Piece]) -> float:
    """The milliseconds that all of them took together."""
    return sum(piece.took for piece in pieces)


def covered(pieces: Sequence[Piece]) -> float:
    """The milliseconds in which at least one of them ran; they are in order."""
    made, until = 0, 0
    for piece in pieces:
        made += max(0, piece.end - max(piece.start, until))
        until = max(until, piece.end)
    return made / 1000
