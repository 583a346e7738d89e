"""A single query that takes long. Source of the criteria: docs.sentry.io, "Slow DB Queries"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import Sketch, sketch
from vedette.problems.statements import is_whole, waits


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Reading statements that are slow by themselves, each once however often it is asked."""
    groups: dict[str, list[Piece]] = defaultdict(list)
    for piece in segment.of("db"):
        if piece.took >= limits["duration"] and _reads(piece):
            groups[piece.subject].append(piece)
    for subject, pieces in groups.items():
        longest = max(pieces, key=lambda piece: piece.took)
        yield Found(
            subject=subject,
            parent=segment.parent(longest),
            offenders=pieces,
            reasons=[Reason("the query took", longest.took, limits["duration"], "ms")],
            lost_ms=total(pieces),
        )


def _reads(piece: Piece) -> bool:
    return (
        piece.action == "SELECT"
        and is_whole(piece)
        and not piece.is_failed
        and not waits(piece.description)
    )


_SEARCH = "SELECT * FROM products WHERE name LIKE %s"

DETECTOR = Detector(
    name="performance_slow_db_query",
    title="Slow DB Query",
    group="db_query",
    help="one query that takes long",
    advice="Look at its plan (EXPLAIN) for a scan of a whole table, and add the index that its "
    "conditions and its order need. Ask for fewer rows and columns, or keep the answer where it "
    "can be looked up.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/slow-db-queries/",
    categories=frozenset(("db",)),
    thresholds=(
        Threshold(
            name="duration",
            words="time of the query",
            unit="ms",
            default=1000,
            least=10,
            most=600_000,
        ),
    ),
    find=find,
    bad=lambda: sketch("/search", [Sketch(op="db", words=_SEARCH, took=1800)]),
    good=(
        lambda: sketch("/search", [Sketch(op="db", words=_SEARCH, took=700)]),
        lambda: sketch("/lock", [Sketch(op="db", words="SELECT pg_sleep(2)", took=2000)]),
        lambda: sketch(
            "/take", [Sketch(op="db", words=f"{_SEARCH} FOR UPDATE SKIP LOCKED", took=2000)]
        ),
        lambda: sketch("/save", [Sketch(op="db", words="COMMIT", took=2000)]),
        lambda: sketch("/pop", [Sketch(op="db.redis", words="BLPOP jobs", took=5000)]),
        lambda: sketch("/search", [Sketch(op="db", words=_SEARCH, took=5000, is_failed=True)]),
    ),
)
