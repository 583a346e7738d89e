"""Decoding images on the main thread. Source: docs.sentry.io, "Image Decoding on Main Thread"."""

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
    return piece.category == "image"


DETECTOR = Detector(
    name="profile_image_decode_main_thread",
    title="Image Decoding on Main Thread",
    group="mobile",
    help="images decoded where the app draws",
    advice="Decode images in the background and in the size in which they are shown; libraries "
    "such as Coil, Glide and Kingfisher do. Ask the server for smaller ones.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/image-decoding-main-thread/",
    categories=frozenset(("image",)),
    thresholds=(blocking_threshold(40),),
    find=find,
    bad=lambda: sketch(
        "Main", [on_main("image.decode", "hero.png", 90)], op="ui.load", platform="java"
    ),
    good=(
        lambda: sketch(
            "Main", [on_main("image.decode", "hero.png", 20)], op="ui.load", platform="java"
        ),
        lambda: sketch(
            "Main",
            [on_main("image.decode", "hero.png", 90, is_blocking=False)],
            op="ui.load",
            platform="java",
        ),
    ),
)
