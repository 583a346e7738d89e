"""A script or style that is so large that it takes long to load. Our own kind."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason
from vedette.problems.segment import Segment
from vedette.problems.sketch import Sketch, sketch

_OPS = ("resource.link", "resource.css", "resource.script")


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Files that came over the network, not from a cache, and were large and slow."""
    for piece in segment.of("resource"):
        size = piece.number("http.response_content_length") or 0.0
        is_cached = piece.number("http.response_transfer_size") == 0
        is_large = size >= limits["size"] and piece.took >= limits["duration"]
        if piece.op in _OPS and is_large and not is_cached:
            yield Found(
                subject=piece.subject,
                parent=segment.parent(piece),
                offenders=[piece],
                reasons=[
                    Reason("size of the file", size, limits["size"], "bytes"),
                    Reason("it took", piece.took, limits["duration"], "ms"),
                ],
                lost_ms=piece.took,
            )


def _file(size: int, took: float, *, sent: int | None = None) -> Sketch:
    return Sketch(
        op="resource.script",
        words="https://cdn.example/app.js",
        took=took,
        data={
            "http.response_content_length": size,
            "http.response_transfer_size": size if sent is None else sent,
        },
    )


DETECTOR = Detector(
    name="performance_large_asset",
    title="Large Asset",
    group="frontend",
    help="a script or style that is large and slow to load",
    advice="Split the bundle by route and load what the first view does not need later. Look for "
    "libraries that are in it twice, or for a few functions of one.",
    doc="https://web.dev/articles/reduce-javascript-payloads-with-code-splitting",
    categories=frozenset(("resource",)),
    thresholds=(
        Threshold(
            name="size",
            words="size of the file as it was sent",
            unit="bytes",
            default=1_000_000,
            least=10_000,
            most=1e9,
        ),
        Threshold(
            name="duration", words="time it took", unit="ms", default=1000, least=1, most=600_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/", [_file(1_900_000, 2400)], op="pageload"),
    good=(
        lambda: sketch("/", [_file(400_000, 2400)], op="pageload"),
        lambda: sketch("/", [_file(1_900_000, 300)], op="pageload"),
        lambda: sketch("/", [_file(1_900_000, 1400, sent=0)], op="pageload"),
    ),
)
