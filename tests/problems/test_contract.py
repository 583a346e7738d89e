"""What every detector promises: its bad sample is found, by it alone, its good ones are not."""

from __future__ import annotations

import pytest

from vedette.problems.detection import Setting, detect
from vedette.problems.detectors import Detector, detectors
from vedette.problems.segment import Segment

ALL = list(detectors().values())
each = pytest.mark.parametrize("detector", ALL, ids=[one.name for one in ALL])


def found_by(segment: Segment, settings: dict[str, Setting] | None = None) -> list[str]:
    """The names of the detectors that find something."""
    return [detected.detector.name for detected in detect(segment, settings or {})]


@each
def test_the_bad_sample_is_found(detector: Detector) -> None:
    """With a subject, spans to blame, and reasons that reach their thresholds."""
    segment = detector.bad()
    ((_, found),) = [one for one in detect(segment, {}) if one.detector is detector]
    assert found.subject
    assert found.offenders
    assert found.lost_ms > 0
    assert found.reasons
    assert all(reason.measured >= reason.threshold for reason in found.reasons)
    known = {segment.root.span_id, *(piece.span_id for piece in segment.pieces)}
    assert {piece.span_id for piece in [*found.offenders, *found.causes, found.parent]} <= known


@each
def test_no_good_sample_is_found(detector: Detector) -> None:
    """Neither by it nor by any other."""
    for number, sample in enumerate(detector.good):
        assert found_by(sample()) in ([],), f"good sample {number}"


@each
def test_it_can_be_turned_off(detector: Detector) -> None:
    """Then it finds nothing, whatever there is."""
    off = {detector.name: Setting(is_on=False)}
    assert detector.name not in found_by(detector.bad(), off)


@each
def test_its_thresholds_decide(detector: Detector) -> None:
    """With each at its highest nothing is found any more; defaults lie within what is allowed."""
    for one in detector.thresholds:
        assert one.least <= one.default <= one.most
        if "at most" in one.words:
            continue
        raised = {detector.name: Setting(limits={one.name: one.most})}
        assert detector.name not in found_by(detector.bad(), raised), one.name


@each
def test_it_is_declared_in_words(detector: Detector) -> None:
    """A title, help, advice of two sentences or so, names as searches write them."""
    assert detector.name.replace("_", "").isalnum()
    assert detector.name.islower()
    assert len(detector.name) <= 64
    assert detector.group in ("db_query", "http_client", "frontend", "mobile")
    assert 2 <= detector.advice.count(". ") + 1 <= 3
    assert len(detector.good) >= 2
