"""All detectors over one segment, as a project has set them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from vedette.problems.detectors import Detector, detectors
from vedette.problems.problem import Found
from vedette.problems.segment import Segment

MOST_OF_ONE = 3  # of one detector in one segment: the gravest


class Setting(msgspec.Struct, frozen=True):
    """What a project has chosen of a detector."""

    is_on: bool = True
    limits: dict[str, float] = {}


Settings = Mapping[str, Setting]
_AS_IS = Setting()


class Detected(NamedTuple):
    """A problem and who found it."""

    detector: Detector
    found: Found


def detect(segment: Segment, settings: Settings) -> Iterator[Detected]:
    """The problems of a segment, those that cost most first, at most a few of each kind."""
    counts = {category: len(pieces) for category, pieces in segment.by_category.items()}
    counts[segment.root.category] = counts.get(segment.root.category, 0) + 1
    for detector in detectors().values():
        number = sum(counts.get(category, 0) for category in detector.categories)
        setting = settings.get(detector.name, _AS_IS)
        if number < detector.least or not setting.is_on:
            continue
        found = list(detector.find(segment, detector.limits(setting.limits)))
        found.sort(key=lambda one: -one.lost_ms)
        yield from (Detected(detector, one) for one in found[:MOST_OF_ONE])


def read_settings(written: object) -> dict[str, Setting]:
    """What is stored of a project's choices; what nobody knows any more is left out."""
    held = written if isinstance(written, dict) else {}
    return {name: _setting(one, held[name]) for name, one in detectors().items() if name in held}


def _setting(detector: Detector, written: Any) -> Setting:
    held = written if isinstance(written, dict) else {}
    limits = {}
    for one in detector.thresholds:
        value = held.get(one.name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if one.least <= value <= one.most:
            limits[one.name] = float(value)
    return Setting(is_on=held.get("enabled") is not False, limits=limits)
