"""A text file that is sent as it is, though this browser takes compressed ones.

Source of the criteria: docs.sentry.io, "Uncompressed Asset".
"""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import Sketch, sketch

_OPS = ("resource.link", "resource.css", "resource.script")
_SENT, _READ = "http.response_content_length", "http.decoded_response_content_length"


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Scripts and styles as large on the way as in memory, beside one that is smaller."""
    files = segment.of("resource")
    if not any(_is_compressed(piece) for piece in files):
        return
    for piece in files:
        size, read = piece.number(_SENT) or 0.0, piece.number(_READ) or 0.0
        is_plain = piece.op in _OPS and size == read and size >= limits["size"]
        if is_plain and piece.took >= limits["duration"]:
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


def _is_compressed(piece: Piece) -> bool:
    size, read = piece.number(_SENT) or 0.0, piece.number(_READ) or 0.0
    return 0 < size < read


def _file(name: str, sent: int, read: int, took: float = 900) -> Sketch:
    return Sketch(
        op="resource.script",
        words=f"https://cdn.example/{name}.js",
        took=took,
        data={_SENT: sent, _READ: read},
    )


_OTHER = _file("vendor", 90_000, 300_000)

DETECTOR = Detector(
    name="performance_uncompressed_assets",
    title="Uncompressed Asset",
    group="frontend",
    help="a script or style that is not compressed on its way",
    advice="Switch compression on (gzip, Brotli) for this kind of file at the server or the CDN. "
    "Look whether a proxy in between takes away the header Accept-Encoding.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/uncompressed-asset/",
    categories=frozenset(("resource",)),
    least=2,
    thresholds=(
        Threshold(
            name="size",
            words="size of the file",
            unit="bytes",
            default=512_000,
            least=10_000,
            most=1e9,
        ),
        Threshold(
            name="duration", words="time it took", unit="ms", default=500, least=1, most=60_000
        ),
    ),
    find=find,
    bad=lambda: sketch("/", [_OTHER, _file("app", 900_000, 900_000)], op="pageload"),
    good=(
        lambda: sketch("/", [_OTHER, _file("app", 300_000, 900_000)], op="pageload"),
        lambda: sketch("/", [_OTHER, _file("app", 90_000, 90_000)], op="pageload"),
        lambda: sketch("/", [_OTHER, _file("app", 900_000, 900_000, 100)], op="pageload"),
        lambda: sketch("/", [_file("a", 90, 90), _file("b", 900_000, 900_000)], op="pageload"),
    ),
)
