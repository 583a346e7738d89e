"""Frames of an app that took over 700 ms. Source: docs.sentry.io, "Mobile Vitals"."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason
from vedette.problems.segment import Segment
from vedette.problems.sketch import sketch

_FROZEN_MS = 700.0


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """What the SDK counted for the screen."""
    frozen, frames = segment.vital("frames_frozen"), segment.vital("frames_total")
    if not frozen or not frames or frozen < limits["count"] or frozen / frames < limits["share"]:
        return
    yield Found(
        subject=segment.name,
        parent=segment.root,
        offenders=[segment.root],
        reasons=[
            Reason("frozen frames", frozen, limits["count"]),
            Reason("of all frames", frozen / frames, limits["share"], "share"),
        ],
        lost_ms=min(frozen * _FROZEN_MS, segment.root.took),
    )


def _frames(frozen: int, frames: int) -> dict[str, float]:
    return {"measurements.frames_frozen": frozen, "measurements.frames_total": frames}


DETECTOR = Detector(
    name="performance_frozen_frames",
    title="Frozen Frames",
    group="mobile",
    help="an app that stands still for moments",
    advice="Look at the spans that ran at that time for work on the main thread: files, queries, "
    "images, layouts. Move it to the background, and draw less at once.",
    doc="https://developer.android.com/topic/performance/vitals/frozen",
    categories=frozenset(("ui", "app")),
    thresholds=(
        Threshold(name="count", words="frozen frames", unit="", default=3, least=1, most=1000),
        Threshold(
            name="share",
            words="their part of all frames",
            unit="share",
            default=0.02,
            least=0.001,
            most=1,
        ),
    ),
    find=find,
    bad=lambda: sketch("Feed", [], op="ui.load", took=9000, data=_frames(6, 120)),
    good=(
        lambda: sketch("Feed", [], op="ui.load", took=9000, data=_frames(2, 120)),
        lambda: sketch("Feed", [], op="ui.load", took=9000, data=_frames(4, 4000)),
        lambda: sketch("Feed", [], op="ui.load", took=9000),
    ),
)
