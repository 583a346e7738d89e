"""How much of its time a span spent itself, and not in the spans that it began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vedette.spans.span import Span


def measure_self_times(spans: Sequence[Span]) -> None:
    """Give each span without one its own time: its length less what its children cover."""
    children: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        if span.parent_span_id:
            children[span.parent_span_id].append(span)
    for span in spans:
        if span.self_us is None:
            mine = children.get(span.span_id)
            covered = _covered(mine, span) if mine else 0
            span.self_us = span.end - span.start - covered


def _covered(children: list[Span], parent: Span) -> int:
    """The microseconds of the parent during which at least one child ran."""
    children.sort(key=lambda one: one.start)
    covered, until = 0, parent.start
    for one in children:
        start, end = max(one.start, until), min(one.end, parent.end)
        if end > start:
            covered += end - start
            until = end
    return covered
