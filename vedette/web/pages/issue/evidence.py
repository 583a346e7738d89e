"""Why something was taken for a performance problem: its spans, its figures, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.problems.detectors import Detector, detectors
from vedette.problems.occurrence import EVENT_TYPE
from vedette.web.pages.issue.payload import Payload, mapping, sequence, text
from vedette.web.wording import milliseconds, share, short_number, size

_MOST_SPANS = 40
_LEAST_WIDTH = 0.4  # of a bar, in percent: what is shorter would not be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanLine:
    """A span with its bar: where it begins and how wide it is, in percent of the transaction."""

    span_id: str
    op: str
    words: str
    took: str
    start: float
    width: float
    is_cause: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """What was measured, and the threshold that it reaches."""

    words: str
    measured: str
    threshold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """The block; `more` is how many spans are not shown."""

    detector: Detector
    subject: str
    transaction: str
    parent: str
    count: int
    took: str
    whole: str
    part: str
    lost: str
    reasons: list[ReasonLine]
    spans: list[SpanLine]
    more: int


def make_evidence(payload: Payload) -> EvidenceView | None:
    """The block of a problem; None for an error, and for a kind that there is no more."""
    held = mapping(payload.get("occurrence"))
    detector = detectors().get(text(held.get("type")))
    if payload.get("type") != EVENT_TYPE or detector is None:
        return None
    transaction, parent = mapping(held.get("transaction")), mapping(held.get("parent"))
    whole, took = _number(transaction.get("duration_ms")), _number(held.get("total_ms"))
    offenders = [mapping(one) for one in sequence(held.get("offenders"))[:_MOST_SPANS]]
    causes = [mapping(one) for one in sequence(held.get("causes"))[:_MOST_SPANS]]
    number = int(_number(held.get("count"))) or len(offenders)
    return EvidenceView(
        detector=detector,
        subject=text(held.get("subtitle")),
        transaction=text(transaction.get("name")),
        parent=" ".join(
            part for part in (text(parent.get("op")), text(parent.get("description"))) if part
        ),
        count=number,
        took=milliseconds(took),
        whole=milliseconds(whole),
        part=share(min(took / whole, 1.0)) if whole else "",
        lost=milliseconds(_number(held.get("lost_ms"))),
        reasons=[_reason(mapping(one)) for one in sequence(held.get("reasons"))[:10]],
        spans=[
            *(_line(one, whole, is_cause=True) for one in causes),
            *(_line(one, whole, is_cause=False) for one in offenders),
        ],
        more=max(0, number - len(offenders)),
    )


def _reason(held: Payload) -> ReasonLine:
    unit = text(held.get("unit"))
    return ReasonLine(
        words=text(held.get("words")),
        measured=in_unit(_number(held.get("measured")), unit),
        threshold=in_unit(_number(held.get("threshold")), unit),
    )


def in_unit(number: float, unit: str) -> str:
    """A number as its unit is written."""
    writers = {"ms": milliseconds, "bytes": size, "share": share}
    return writers.get(unit, short_number)(number)


def _line(held: Payload, whole: float, *, is_cause: bool) -> SpanLine:
    start, took = _number(held.get("start_ms")), _number(held.get("duration_ms"))
    width = max(took / whole * 100, _LEAST_WIDTH) if whole else 100.0
    begins = min(max(start / whole * 100, 0.0), 100.0) if whole else 0.0
    return SpanLine(
        span_id=text(held.get("span_id")),
        op=text(held.get("op")),
        words=text(held.get("description")),
        took=milliseconds(took),
        start=round(min(begins, 100 - _LEAST_WIDTH), 2),
        width=round(min(width, 100 - min(begins, 100 - _LEAST_WIDTH)), 2),
        is_cause=is_cause,
    )


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e15 else 0.0
