"""Reading JSON on the main thread. Source: docs.sentry.io, "JSON Decoding on Main Thread"."""

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
    return piece.category in ("json", "serialize", "deserialize")


DETECTOR = Detector(
    name="profile_json_decode_main_thread",
    title="JSON Decoding on Main Thread",
    group="mobile",
    help="JSON read where the app draws",
    advice="Read large JSON in a background thread and hand over the finished objects. Ask the "
    "server for less, or for it in pages.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/json-decoding-main-thread/",
    categories=frozenset(("json", "serialize", "deserialize")),
    thresholds=(blocking_threshold(40),),
    find=find,
    bad=lambda: sketch(
        "Main", [on_main("json.decode", "catalog.json", 90)], op="ui.load", platform="java"
    ),
    good=(
        lambda: sketch(
            "Main", [on_main("json.decode", "catalog.json", 20)], op="ui.load", platform="java"
        ),
        lambda: sketch(
            "Main",
            [on_main("json.decode", "catalog.json", 90, is_blocking=False)],
            op="ui.load",
            platform="java",
        ),
    ),
)
