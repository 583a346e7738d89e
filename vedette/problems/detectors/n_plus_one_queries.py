"""A query that is asked again for each row that another one gave.

Source of the criteria: docs.sentry.io, "N+1 Queries"; what makes a loop of pages, batches,
retries or polling none of it is our own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sequences import density, share_in_sequence
from vedette.problems.sketch import Sketch, beside, loop, sketch
from vedette.problems.statements import is_about_rows, is_batch, is_page, is_whole, waits

_IN_SEQUENCE = 0.9
_DENSITY = 0.05  # less, and the program waits between the queries: it polls


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Groups of siblings with one statement; then of cousins, where each step has its own span."""
    queries = [piece for piece in segment.of("db") if is_about_rows(piece) and is_whole(piece)]
    told: set[str] = set()
    sources = _Sources(segment)
    for above in (_parent, _grandparent):
        groups: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        for piece in queries:
            if piece.span_id not in told:
                groups[above(segment, piece).span_id, piece.subject].append(piece)
        for group in groups.values():
            found = _judge(sources, group, above(segment, group[0]), limits)
            if found is not None:
                told.update(piece.span_id for piece in group)
                yield found


def _parent(segment: Segment, piece: Piece) -> Piece:
    return segment.parent(piece)


def _grandparent(segment: Segment, piece: Piece) -> Piece:
    return segment.parent(segment.parent(piece))


def _judge(
    sources: _Sources, group: Sequence[Piece], parent: Piece, limits: Limits
) -> Found | None:
    pieces = [piece for piece in group if not piece.is_failed]
    took = total(pieces)
    if len(pieces) < limits["count"] or took < limits["total"]:
        return None
    text = pieces[0].description
    if is_page(text) or is_batch(text) or waits(text):
        return None
    if share_in_sequence(pieces) < _IN_SEQUENCE or density(pieces) < _DENSITY:
        return None
    source = sources.before(pieces[0])
    if source is None:
        return None
    return Found(
        subject=pieces[0].subject,
        parent=parent,
        causes=[source],
        offenders=pieces,
        reasons=[
            Reason("times the same query", len(pieces), limits["count"]),
            Reason("together", took, limits["total"], "ms"),
        ],
        lost_ms=took - pieces[0].took,
    )


class _Sources:
    """The query before a loop, whose rows it goes through. Each is found in a few steps, however
    many queries and loops there are."""

    def __init__(self, segment: Segment) -> None:
        selects = (piece for piece in segment.of("db") if piece.action == "SELECT")
        self._pieces = sorted(selects, key=lambda piece: piece.end)
        self._ends = [piece.end for piece in self._pieces]
        self._others: list[Piece | None] = []  # the last before each that asks for something else
        for at, piece in enumerate(self._pieces):
            before = self._pieces[at - 1] if at else None
            is_same = before is not None and before.subject == piece.subject
            self._others.append(self._others[-1] if is_same else before)

    def before(self, first: Piece) -> Piece | None:
        """The last that had ended when this one began, and asks for something else."""
        at = bisect_right(self._ends, first.start + 1000) - 1
        if at < 0:
            return None
        found = self._pieces[at]
        return found if found.subject != first.subject else self._others[at]


_LIST = Sketch(op="db", words='SELECT * FROM "orders" WHERE "status" = %s', took=8)
_ONE = 'SELECT * FROM "customers" WHERE "customers"."id" = %s'
_PAGES = "SELECT * FROM rows WHERE id > %s ORDER BY id LIMIT %s"
# Numbers for new rows, a queue in a table, pages as other drivers write them.
_NO_LOOPS = (
    "SELECT nextval('orders_id_seq')",
    "SELECT * FROM jobs WHERE state = %s LIMIT 1 FOR UPDATE SKIP LOCKED",
    "SELECT * FROM rows WHERE id > :last ORDER BY id LIMIT :number",
    "SELECT * FROM rows WHERE id > %(id_1)s ORDER BY id LIMIT %(param_1)s",
    "SELECT TOP 500 * FROM rows WHERE id > @p0 ORDER BY id",
    "SELECT * FROM rows WHERE id > @last ORDER BY id FETCH FIRST 500 ROWS ONLY",
)


def _loop_of(words: str) -> Callable[[], Segment]:
    return lambda: sketch("/orders", [_LIST, *loop("db", words, 12, at=10)])


DETECTOR = Detector(
    name="performance_n_plus_one_db_queries",
    title="N+1 Query",
    group="db_query",
    help="one query a row, where one query could have fetched all",
    advice="Fetch the related rows with the first query or in one further query: select_related "
    "and prefetch_related in Django, joinedload in SQLAlchemy, includes in Rails, a list of ids "
    "in plain SQL. If each row needs a question of its own, cache the answers.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/n-one-queries/",
    categories=frozenset(("db",)),
    least=6,
    thresholds=(
        Threshold(
            name="count", words="times the same query", unit="", default=5, least=3, most=1000
        ),
        Threshold(
            name="total", words="time of all of them", unit="ms", default=50, least=5, most=60_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/orders", [_LIST, *loop("db", _ONE, 12, at=10)]),
    good=(
        lambda: sketch("/orders", [_LIST, *loop("db", _ONE, 4, at=10)]),
        lambda: sketch("/orders", [_LIST, *loop("db", _ONE, 12, at=10, took=1)]),
        lambda: sketch("/orders", [_LIST, *beside("db", _ONE, 12, at=10)]),
        lambda: sketch("export", [_LIST, *loop("db", _PAGES, 12, at=10)], op="queue.task"),
        lambda: sketch(
            "export",
            [
                _LIST,
                *loop(
                    "db",
                    "SELECT * FROM r WHERE (at, id) > (%s, %s) ORDER BY at, id LIMIT 500",
                    12,
                    at=10,
                ),
            ],
            op="queue.task",
        ),
        lambda: sketch(
            "import",
            [
                _LIST,
                *loop("db", "INSERT INTO rows (a, b) VALUES (%s, %s), (%s, %s)", 12, at=10),
            ],
            op="queue.task",
        ),
        lambda: sketch(
            "/orders", [_LIST, *loop("db", "SELECT * FROM c WHERE id IN (%s, %s)", 12, at=10)]
        ),
        *(_loop_of(words) for words in _NO_LOOPS),
        lambda: sketch("worker", [_LIST, *loop("db", _ONE, 20, at=10, took=5, gap=1000)]),
        lambda: sketch("/orders", [_LIST, *loop("db", _ONE, 12, at=10, is_failed=True)]),
        lambda: sketch("/orders", loop("db", _ONE, 12)),
    ),
)
