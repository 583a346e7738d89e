"""A problem as an event: what issues, lists and alerts know it by, and its evidence.

The id and the fingerprint are made of what the problem is, so whoever looks at the same spans
again makes the same event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import xxhash

from vedette.own_events import PERFORMANCE
from vedette.problems.detection import Detected
from vedette.problems.segment import Piece, Segment
from vedette.spans.subject import without_ids

EVENT_TYPE: Final = PERFORMANCE
MOST_SPANS: Final = 30  # of the offending ones, that are kept as evidence
_MOST_CHARACTERS = 500
_CONTEXTS = (("browser", "browser_name"), ("os", "os_name"))


def identity_of(trace_id: str, segment: Segment, detected: Detected) -> str:
    """32 hex digits that are the same whenever this problem of this segment is found."""
    parts = (trace_id, segment.root.span_id, detected.detector.name, *_place(segment, detected))
    return xxhash.xxh3_128_hexdigest("\x00".join(parts).encode("utf-8", "replace"))


def event_of(
    trace_id: str, segment: Segment, detected: Detected, row: Mapping[str, Any]
) -> dict[str, Any]:
    """The payload of the event; `row` has the columns of the segment's own span."""
    detector, found = detected
    return {
        "event_id": identity_of(trace_id, segment, detected),
        "type": EVENT_TYPE,
        "timestamp": segment.root.end / 1_000_000,
        "level": "info",
        "logger": detector.name,
        "platform": row.get("platform") or "other",
        "logentry": {"formatted": f"{detector.title}: {found.subject}"[:_MOST_CHARACTERS]},
        "culprit": segment.name,
        "transaction": segment.name,
        "fingerprint": [EVENT_TYPE, detector.name, *_place(segment, detected)],
        **{name: row[name] for name in ("release", "dist", "environment", "server_name")
           if row.get(name)},
        "user": _user(row),
        "contexts": _contexts(trace_id, found.parent, row),
        "occurrence": _evidence(segment, detected),
    }  # fmt: skip


def _place(segment: Segment, detected: Detected) -> tuple[str, str, str]:
    """What makes two problems of one detector the same issue."""
    found = detected.found
    return (without_ids(segment.name), found.parent.op, found.subject)


def _user(row: Mapping[str, Any]) -> dict[str, str]:
    names = {"id": "user_id", "email": "user_email", "username": "user_username"}
    names["ip_address"] = "user_ip"
    return {name: row[column] for name, column in names.items() if row.get(column)}


def _contexts(trace_id: str, parent: Piece, row: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "trace": {"trace_id": trace_id, "span_id": parent.span_id, "op": parent.op}
    }
    for name, column in _CONTEXTS:
        if row.get(column):
            made[name] = {"name": row[column]}
    if row.get("device"):
        made["device"] = {"model": row["device"]}
    if row.get("replay_id"):
        made["replay"] = {"replay_id": row["replay_id"]}
    return made


def _evidence(segment: Segment, detected: Detected) -> dict[str, Any]:
    detector, found = detected
    start, whole = segment.root.start, segment.root.took
    return {
        "type": detector.name,
        "title": detector.title,
        "subtitle": found.subject[:_MOST_CHARACTERS],
        "count": len(found.offenders),
        "total_ms": round(sum(piece.took for piece in found.offenders), 3),
        "lost_ms": round(found.lost_ms, 3),
        "transaction": {"name": segment.name, "op": segment.root.op, "duration_ms": whole},
        "parent": _span(found.parent, start),
        "causes": _spans(found.causes, start),
        "offenders": _spans(found.offenders, start),
        "reasons": [
            {
                "words": reason.words,
                "measured": round(reason.measured, 4),
                "threshold": reason.threshold,
                "unit": reason.unit,
            }
            for reason in found.reasons
        ],
    }


def _spans(pieces: Sequence[Piece], start: int) -> list[dict[str, Any]]:
    return [_span(piece, start) for piece in pieces[:MOST_SPANS]]


def _span(piece: Piece, start: int) -> dict[str, Any]:
    return {
        "span_id": piece.span_id,
        "op": piece.op,
        "description": piece.description[:_MOST_CHARACTERS],
        "start_ms": round((piece.start - start) / 1000, 3),
        "duration_ms": round(piece.took, 3),
    }
