"""Work that an app does on the thread which draws and answers to touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vedette.problems.detectors import Threshold
from vedette.problems.problem import Found, Limits, Reason, covered
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import Sketch

_THREADS = ("main", "ui", "main thread")


def is_on_main(piece: Piece) -> bool:
    """Whether the SDK says that it blocked the main thread, or ran in it."""
    if piece.text("blocked_main_thread") == "true":
        return True
    return piece.text("thread.name").lower() in _THREADS


def find_blocking(
    segment: Segment, limits: Limits, is_its: Callable[[Piece], bool], words: str
) -> Iterable[Found]:
    """For each parent with such work: the time in which any of it ran is beyond the threshold."""
    blocking = [piece for piece in segment.pieces if is_its(piece) and is_on_main(piece)]
    for pieces in segment.siblings(blocking):
        took = covered(pieces)
        if took >= limits["duration"]:
            yield Found(
                subject=max(pieces, key=lambda piece: piece.took).subject,
                parent=segment.parent(pieces[0]),
                offenders=pieces,
                reasons=[Reason(words, took, limits["duration"], "ms")],
                lost_ms=took,
            )


def blocking_threshold(default: float) -> Threshold:
    """The time for which the thread was blocked."""
    return Threshold(
        name="duration",
        words="time in which the main thread is blocked",
        unit="ms",
        default=default,
        least=1,
        most=10_000,
    )


def on_main(op: str, words: str, took: float, *, is_blocking: bool = True) -> Sketch:
    """A span for samples."""
    return Sketch(op=op, words=words, took=took, data={"blocked_main_thread": is_blocking})
