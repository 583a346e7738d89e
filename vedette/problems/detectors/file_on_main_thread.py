"""Files read and written on the main thread. Source: docs.sentry.io, "File I/O on Main Thread"."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector
from vedette.problems.detectors._main_thread import blocking_threshold, find_blocking, on_main
from vedette.problems.problem import Found, Limits
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import sketch


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """By what began it."""
    return find_blocking(segment, limits, _is_its, "the main thread was blocked for")


def _is_its(piece: Piece) -> bool:
    return piece.category == "file"


DETECTOR = Detector(
    name="performance_file_io_main_thread",
    title="File IO on Main Thread",
    group="mobile",
    help="files read or written where the app draws",
    advice="Read and write files in a background thread, coroutine or queue, and come back to the "
    "main thread only to show what was read. Small settings can be read once at the start.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/file-main-thread-io/",
    categories=frozenset(("file",)),
    thresholds=(blocking_threshold(16),),
    find=find,
    bad=lambda: sketch(
        "Main", [on_main("file.read", "settings.json", 60)], op="ui.load", platform="java"
    ),
    good=(
        lambda: sketch(
            "Main", [on_main("file.read", "settings.json", 9)], op="ui.load", platform="java"
        ),
        lambda: sketch(
            "Main",
            [on_main("file.read", "settings.json", 60, is_blocking=False)],
            op="ui.load",
            platform="java",
        ),
    ),
)
