"""Segments written down in a few lines: the samples of detectors, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from vedette.problems.segment import Piece, Segment
from vedette.spans.span import clean
from vedette.spans.subject import subject_of

_START = 1_700_000_000_000_000


class Sketch(msgspec.Struct, kw_only=True):
    """A span of a sketch: when it began and how long it took, in milliseconds.

    `name` is what others call as their `parent`; the root's is "".
    """

    op: str
    words: str = ""
    at: float = 0.0
    took: float = 1.0
    parent: str = ""
    name: str = ""
    is_failed: bool = False
    data: dict[str, Any] = {}


def sketch(
    name: str,
    spans: Iterable[Sketch],
    *,
    op: str = "http.server",
    took: float = 0.0,
    platform: str = "python",
    data: Mapping[str, Any] | None = None,
) -> Segment:
    """The segment; it lasts as long as its spans if not longer."""
    spans = list(spans)
    length = max([took, *(span.at + span.took for span in spans)])
    root = _piece(Sketch(op=op, words=name, took=length, data=dict(data or {})), "root")
    names = {span.name: f"s{at}" for at, span in enumerate(spans) if span.name} | {"": "root"}
    pieces = [
        _piece(span, names.get(span.name, "") if span.name else f"s{at}", names[span.parent])
        for at, span in enumerate(spans)
    ]
    return Segment(name, root, pieces, platform=platform)


def _piece(span: Sketch, span_id: str, parent_id: str = "") -> Piece:
    subject = subject_of(span.op, span.words, span.data)
    start = _START + round(span.at * 1000)
    status = span.data.get("http.response.status_code")
    return Piece(
        span_id=span_id,
        parent_id=parent_id,
        start=start,
        end=start + round(span.took * 1000),
        op=span.op,
        category=subject.category,
        description=clean(span.words, 1000),
        subject=subject.words,
        action=subject.action,
        is_failed=span.is_failed,
        http_status=status if isinstance(status, int) else 0,
        tags={key: _text(value) for key, value in span.data.items()},
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def loop(
    op: str,
    words: str,
    number: int,
    *,
    at: float = 0.0,
    took: float = 20.0,
    gap: float = 1.0,
    parent: str = "",
    **more: Any,
) -> list[Sketch]:
    """So many spans one after the other; `{}` in the words is the number of each."""
    return [
        Sketch(
            op=op,
            words=words.replace("{}", str(index + 1)),
            at=at + index * (took + gap),
            took=took,
            parent=parent,
            **more,
        )
        for index in range(number)
    ]


def beside(
    op: str, words: str, number: int, *, at: float = 0.0, took: float = 20.0, **more: Any
) -> list[Sketch]:
    """So many spans at once."""
    return loop(op, words, number, at=at, took=took, gap=0.5 - took, **more)
