"""What each detector finds in its sample is found in the product, with all that is stored of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detecting.sending import look, problems
from tests.web.tracing import send_item
from tests.web.world import World
from vedette import clock
from vedette.problems.detectors import Detector, detectors
from vedette.problems.segment import Piece, Segment
from vedette.wire.envelope import new_event_id

ALL = list(detectors().values())
each = pytest.mark.parametrize("detector", ALL, ids=[one.name for one in ALL])
_TRUTH = {"true": True, "false": False}


def as_transaction(segment: Segment) -> dict[str, Any]:
    """The segment as an SDK would send it, ended a minute ago."""
    shift = clock.timestamp() - 60 - segment.root.end / 1_000_000
    names = {piece.span_id: new_event_id()[:16] for piece in [segment.root, *segment.pieces]}

    def data(piece: Piece) -> dict[str, Any]:
        return {key: _value(text) for key, text in piece.tags.items()}

    vitals = {
        key.removeprefix("measurements."): {"value": value}
        for key, value in data(segment.root).items()
        if key.startswith("measurements.")
    }
    return {
        "type": "transaction",
        "transaction": segment.name,
        "platform": segment.platform,
        "start_timestamp": segment.root.start / 1_000_000 + shift,
        "timestamp": segment.root.end / 1_000_000 + shift,
        "contexts": {
            "trace": {
                "trace_id": new_event_id(),
                "span_id": names[segment.root.span_id],
                "op": segment.root.op,
            }
        },
        "measurements": vitals,
        "spans": [
            {
                "span_id": names[piece.span_id],
                "parent_span_id": names[piece.parent_id],
                "op": piece.op,
                "status": "internal_error" if piece.is_failed else "ok",
                "description": piece.description,
                "start_timestamp": piece.start / 1_000_000 + shift,
                "timestamp": piece.end / 1_000_000 + shift,
                "data": data(piece),
            }
            for piece in segment.pieces
        ],
    }


def _value(text: str) -> Any:
    if text in _TRUTH:
        return _TRUTH[text]
    try:
        return float(text)
    except ValueError:
        return text


@each
def test_its_bad_sample_becomes_an_issue(world: World, detector: Detector) -> None:
    """Called as it is called, of the type that searches ask for."""
    send_item(world, world.shop, "transaction", as_transaction(detector.bad()))
    assert look(world) == 1
    (issue,) = problems()
    assert issue.logger == detector.name
    assert issue.title.startswith(f"{detector.title}: ")


@each
def test_its_good_samples_do_not(world: World, detector: Detector) -> None:
    """Nor do they make any other."""
    for sample in detector.good:
        send_item(world, world.shop, "transaction", as_transaction(sample()))
    assert look(world) == 0
    assert problems() == []
