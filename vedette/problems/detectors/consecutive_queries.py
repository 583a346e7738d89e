"""Queries one after the other that do not need each other's answers.

Source of the criteria: docs.sentry.io, "Consecutive DB Queries".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sequences import runs
from vedette.problems.sketch import Sketch, beside, loop, sketch
from vedette.problems.statements import is_independent, is_page, is_whole, waits

_LEAST_SHARE = 0.1
_JOBS = ("queue", "task", "cron", "celery", "default")


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Stretches of reading siblings; a write, or the end of a stretch, is where order matters."""
    if segment.root.category in _JOBS:
        return  # nobody waits for a job, and asking one by one spares the database
    for siblings in segment.siblings(segment.of("db")):
        for run in runs(siblings, _reads):
            found = _judge(segment, run, limits)
            if found is not None:
                yield found


def _reads(piece: Piece) -> bool:
    return piece.action == "SELECT" and is_whole(piece) and not piece.is_failed


def _judge(segment: Segment, run: Sequence[Piece], limits: Limits) -> Found | None:
    if len(run) < limits["count"]:
        return None
    free = [piece for piece in run[1:] if _is_free(piece, limits)]
    if len({piece.subject for piece in free}) < len(free) or not free:
        return None  # the same question again is another problem
    took = total(run)
    saved = took - max(took - total(free), max(piece.took for piece in free))
    if saved < limits["saved"] or saved < took * _LEAST_SHARE:
        return None
    return Found(
        subject=free[0].subject,
        parent=segment.parent(run[0]),
        causes=[run[0]],
        offenders=free,
        reasons=[
            Reason("queries in a row", len(run), limits["count"]),
            Reason("could be saved", saved, limits["saved"], "ms"),
        ],
        lost_ms=saved,
    )


def _is_free(piece: Piece, limits: Limits) -> bool:
    text = piece.description
    return (
        piece.took >= limits["each"]
        and is_independent(text)
        and not is_page(text)
        and not waits(text)
    )


_COUNTS = [
    Sketch(op="db", words='SELECT COUNT(*) FROM "orders"', at=0, took=80),
    Sketch(op="db", words='SELECT COUNT(*) FROM "customers"', at=81, took=90),
    Sketch(op="db", words='SELECT SUM("total") FROM "invoices"', at=172, took=120),
]

DETECTOR = Detector(
    name="performance_consecutive_db_queries",
    title="Consecutive DB Queries",
    group="db_query",
    help="queries that do not need each other, one after the other",
    advice="Run them at the same time on connections of their own, or ask for all in one query. "
    "What seldom changes can be cached instead.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/consecutive-db-queries/",
    categories=frozenset(("db",)),
    least=3,
    thresholds=(
        Threshold(name="count", words="queries in a row", unit="", default=3, least=2, most=100),
        Threshold(
            name="saved", words="time to be saved", unit="ms", default=100, least=10, most=60_000
        ),
        Threshold(
            name="each", words="time of each of them", unit="ms", default=30, least=1, most=60_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/dashboard", _COUNTS),
    good=(
        lambda: sketch("/dashboard", _COUNTS[:2]),
        lambda: sketch("report", _COUNTS, op="queue.task"),
        lambda: sketch("/dashboard", beside("db", "SELECT COUNT(*) FROM t{}", 4, took=90)),
        lambda: sketch("/orders", loop("db", "SELECT * FROM o WHERE id = %s", 4, took=90)),
        lambda: sketch("/dashboard", loop("db", "SELECT name FROM t", 4, took=90)),
        lambda: sketch(
            "/save", [_COUNTS[0], Sketch(op="db", words="COMMIT", at=80.5), *_COUNTS[1:]]
        ),
    ),
)
