"""An answer that is large. Source of the criteria: docs.sentry.io, "Large HTTP Payload"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from vedette.problems.addresses import is_call, is_object
from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import Sketch, sketch

_SIZES = ("http.response_content_length", "http.response.body.size")


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Calls, no files, whose encoded body is large; each kind of call once."""
    groups: dict[str, list[Piece]] = defaultdict(list)
    for piece in segment.of("http"):
        is_slow = piece.took >= limits["duration"]
        if is_slow and _size(piece) >= limits["size"] and is_call(piece) and not is_object(piece):
            groups[piece.subject].append(piece)
    for subject, pieces in groups.items():
        largest = max(pieces, key=_size)
        yield Found(
            subject=subject,
            parent=segment.parent(largest),
            offenders=pieces,
            reasons=[
                Reason("size of the answer", _size(largest), limits["size"], "bytes"),
                Reason("the call took", largest.took, limits["duration"], "ms"),
            ],
            lost_ms=total(pieces),
        )


def _size(piece: Piece) -> float:
    return piece.number(*_SIZES) or 0.0


def _call(path: str, size: int, took: float = 400) -> Sketch:
    return Sketch(
        op="http.client",
        words=f"GET https://api.example{path}",
        took=took,
        data={"http.response_content_length": size},
    )


DETECTOR = Detector(
    name="performance_large_http_payload",
    title="Large HTTP payload",
    group="http_client",
    help="a call whose answer is large",
    advice="Send only the fields and rows that are shown, page by page, and compress the answer "
    "(gzip, Brotli). Put large files behind addresses of their own that can be cached.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/large-http-payload/",
    categories=frozenset(("http",)),
    thresholds=(
        Threshold(
            name="size",
            words="size of the answer as it was sent",
            unit="bytes",
            default=300_000,
            least=10_000,
            most=1e9,
        ),
        Threshold(
            name="duration", words="time of the call", unit="ms", default=100, least=1, most=60_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/report", [_call("/rows", 2_400_000)], op="pageload"),
    good=(
        lambda: sketch("/report", [_call("/rows", 120_000)], op="pageload"),
        lambda: sketch("/report", [_call("/rows", 2_400_000, took=40)], op="pageload"),
        lambda: sketch("/photo", [_call("/large.jpg", 2_400_000)], op="pageload"),
        lambda: sketch("/next", [_call("/_next/data/b/x.json", 2_400_000)], op="pageload"),
    ),
)
