"""What strangers may send to detectors: numbers that are none, and very many spans."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from vedette.problems.detection import detect
from vedette.problems.segment import Segment
from vedette.problems.sketch import Sketch, sketch


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "1e308", "-5", "x"])
def test_what_is_no_number_is_no_problem(value: str) -> None:
    """Neither as a count of frames nor as a size."""
    frames = {"measurements.frames_frozen": value, "measurements.frames_total": value}
    sizes = ("http.response_content_length", "http.decoded_response_content_length")
    file = Sketch(
        op="resource.script",
        words="https://cdn.example/app.js",
        took=3000,
        data={
            **dict.fromkeys(sizes, value),
            "resource.render_blocking_status": "blocking",
        },
    )
    assert list(detect(sketch("Feed", [], op="ui.load", took=9000, data=frames), {})) == []
    page = sketch("/", [file], op="pageload", data={"measurements.fcp": value})
    assert list(detect(page, {})) == []


def loops(number: int, words: str) -> Segment:
    """So many loops of five queries one after the other, each with a parent of its own."""
    spans = []
    for at in range(number):
        parent = Sketch(op="step", at=at * 100, took=95, name=f"p{at}")
        queries = [
            Sketch(
                op="db",
                words=words.replace("{}", chr(97 + at % 26) + str(at)),
                at=at * 100 + index * 13,
                took=11,
                parent=parent.name,
            )
            for index in range(5)
        ]
        spans += [parent, *queries]
    return sketch("job", spans, op="queue.task")


@pytest.mark.parametrize("words", ["UPDATE t_{}_t SET a = %s", "SELECT * FROM c WHERE id = %s"])
def test_the_work_grows_with_the_number_of_spans_alone(words: str) -> None:
    """Twice the loops are about twice the steps, whether or not a query led to them."""
    few, many = steps(loops(100, words)), steps(loops(400, words))
    assert many < few * 6


def steps(segment: Segment) -> int:
    """How many lines of detectors are run."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "problems" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        list(detect(segment, {}))
    finally:
        sys.settrace(before)
    return count
