"""A large file that a page cannot be shown without.

Source of the criteria: docs.sentry.io, "Large Render Blocking Asset"; a file whose SDK does not
say whether it blocks is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason
from vedette.problems.segment import Segment
from vedette.problems.sketch import Sketch, sketch

_OPS = ("resource.link", "resource.css", "resource.script")
_LATEST_PAINT_MS = 10_000.0


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Blocking scripts and styles that take a large part of the time until something is seen."""
    painted = segment.vital("fcp")
    if painted is None or not limits["painted"] <= painted <= _LATEST_PAINT_MS:
        return
    for piece in segment.of("resource"):
        size = piece.number("http.response_content_length") or 0.0
        is_its = piece.op in _OPS and size >= limits["size"]
        blocks = piece.text("resource.render_blocking_status") == "blocking"
        began = (piece.start - segment.root.start) / 1000
        if is_its and blocks and began < painted and piece.took >= painted * limits["share"]:
            yield Found(
                subject=piece.subject,
                parent=segment.parent(piece),
                offenders=[piece],
                reasons=[
                    Reason("size of the file", size, limits["size"], "bytes"),
                    Reason("first contentful paint", painted, limits["painted"], "ms"),
                    Reason("its part of that", piece.took / painted, limits["share"], "share"),
                ],
                lost_ms=piece.took,
            )


def _file(size: int, took: float, status: str = "blocking") -> Sketch:
    return Sketch(
        op="resource.script",
        words="https://cdn.example/app.js",
        at=100,
        took=took,
        data={
            "http.response_content_length": size,
            "resource.render_blocking_status": status,
        },
    )


_SLOW = {"measurements.fcp": 2600.0}

DETECTOR = Detector(
    name="performance_render_blocking_asset_span",
    title="Large Render Blocking Asset",
    group="frontend",
    help="a large file without which nothing is shown",
    advice="Load the script with defer or async, and split it so that the first view needs less. "
    "Put the few styles that the first view needs into the page.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/large-render-blocking-asset/",
    categories=frozenset(("resource",)),
    thresholds=(
        Threshold(
            name="size",
            words="size of the file",
            unit="bytes",
            default=500_000,
            least=10_000,
            most=1e9,
        ),
        Threshold(
            name="painted",
            words="first contentful paint",
            unit="ms",
            default=2000,
            least=100,
            most=10_000,
        ),
        Threshold(
            name="share",
            words="the file's part of that",
            unit="share",
            default=0.33,
            least=0.05,
            most=1,
        ),
    ),
    find=find,
    bad=lambda: sketch("/", [_file(900_000, 1500)], op="pageload", data=_SLOW),
    good=(
        lambda: sketch("/", [_file(200_000, 1500)], op="pageload", data=_SLOW),
        lambda: sketch("/", [_file(900_000, 1500, "non-blocking")], op="pageload", data=_SLOW),
        lambda: sketch(
            "/", [_file(900_000, 1500)], op="pageload", data={"measurements.fcp": 900.0}
        ),
        lambda: sketch("/", [_file(900_000, 300)], op="pageload", data=_SLOW),
        lambda: sketch("/", [_file(900_000, 1500)], op="pageload"),
    ),
)
