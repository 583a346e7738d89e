"""A call for each element of a list, where one call could have fetched all.

Source of the criteria for pages and apps: docs.sentry.io, "N+1 API Calls". On servers a loop
of calls one after the other is told as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from vedette.problems.addresses import address_of, has_failed, is_call, is_object, is_paged
from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sequences import density, share_in_sequence
from vedette.problems.sketch import beside, loop, sketch

_IN_SEQUENCE = 0.9
_DENSITY = 0.3
_TOGETHER_MICROSECONDS = 5000


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Calls that begin together in a page, or follow each other on a server."""
    calls = [one for one in segment.of("http") if one.action == "GET" and is_call(one)]
    groups: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in calls:
        if not has_failed(piece) and not is_paged(piece) and not is_object(piece):
            groups[segment.parent(piece).span_id, piece.subject].append(piece)
    for group in groups.values():
        stretches = _bursts(group) if segment.is_page else [group]
        for pieces in stretches:
            if _is_loop(segment, pieces, limits):
                yield _found(segment, pieces, limits)


def _bursts(pieces: Sequence[Piece]) -> Iterable[list[Piece]]:
    """Those of which each begins a moment after the one before."""
    burst: list[Piece] = []
    for piece in pieces:
        if burst and piece.start - burst[-1].start > _TOGETHER_MICROSECONDS:
            yield burst
            burst = []
        burst.append(piece)
    yield burst


def _is_loop(segment: Segment, pieces: Sequence[Piece], limits: Limits) -> bool:
    if len(pieces) < limits["count"] or total(pieces) < limits["total"]:
        return False
    different = len({address_of(piece) for piece in pieces})
    if different < limits["count"]:
        return False  # one and the same address again and again is polling
    if segment.is_page:
        return True
    return share_in_sequence(pieces) >= _IN_SEQUENCE and density(pieces) >= _DENSITY


def _found(segment: Segment, pieces: list[Piece], limits: Limits) -> Found:
    took = total(pieces)
    return Found(
        subject=pieces[0].subject,
        parent=segment.parent(pieces[0]),
        offenders=pieces,
        reasons=[
            Reason("calls of one kind", len(pieces), limits["count"]),
            Reason("together", took, limits["total"], "ms"),
        ],
        lost_ms=took - max(piece.took for piece in pieces),
    )


_ONE = "GET https://api.example/items/{}"

DETECTOR = Detector(
    name="performance_n_plus_one_api_calls",
    title="N+1 API Call",
    group="http_client",
    help="one call an element, where one call could have fetched all",
    advice="Ask for all elements in one call, with a list of ids or a filter, or let the answer "
    "of the list hold what is needed of each. Where the other side offers no such call, cache "
    "what seldom changes and make the calls at once with a bound.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/n-one-api-calls/",
    categories=frozenset(("http",)),
    least=5,
    thresholds=(
        Threshold(name="count", words="calls of one kind", unit="", default=10, least=3, most=1000),
        Threshold(
            name="total", words="time of all of them", unit="ms", default=300, least=10, most=60_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/items", beside("http.client", _ONE, 14, took=90), op="pageload"),
    good=(
        lambda: sketch("/items", beside("http.client", _ONE, 6, took=90), op="pageload"),
        lambda: sketch("/items", beside("http.client", _ONE, 14, took=10), op="pageload"),
        lambda: sketch("/items", loop("http.client", _ONE, 14, gap=40), op="pageload"),
        lambda: sketch(
            "/", beside("http.client", "GET https://cdn.example/{}.png", 20, took=90), op="pageload"
        ),
        lambda: sketch(
            "sync", loop("http.client", "GET https://api.example/items?page={}", 14, took=90)
        ),
        lambda: sketch("poll", loop("http.client", "GET https://api.example/jobs/7", 20, took=90)),
        lambda: sketch("/items", beside("http.client", _ONE, 14, took=90)),
    ),
)
