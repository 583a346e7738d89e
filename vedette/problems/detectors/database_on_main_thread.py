"""Queries on the main thread. Source: docs.sentry.io, "Database on Main Thread"."""

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
    return piece.category == "db"


DETECTOR = Detector(
    name="performance_db_main_thread",
    title="DB on Main Thread",
    group="mobile",
    help="queries where the app draws",
    advice="Ask the database in a background thread or coroutine: Room and Core Data have calls "
    "that do. Keep what is shown often in memory.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/db-main-thread-io/",
    categories=frozenset(("db",)),
    thresholds=(blocking_threshold(16),),
    find=find,
    bad=lambda: sketch(
        "Main", [on_main("db.sql.query", "SELECT * FROM notes", 60)], op="ui.load", platform="java"
    ),
    good=(
        lambda: sketch(
            "Main",
            [on_main("db.sql.query", "SELECT * FROM notes", 9)],
            op="ui.load",
            platform="java",
        ),
        lambda: sketch(
            "Main",
            [on_main("db.sql.query", "SELECT * FROM notes", 60, is_blocking=False)],
            op="ui.load",
            platform="java",
        ),
    ),
)
