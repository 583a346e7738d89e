"""The evidence of what the product found, problems, outages, clicks in vain, in Sentry's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.own_events import OUTAGES, REPLAY
from vedette.problems.detectors import detectors
from vedette.problems.occurrence import EVENT_TYPE
from vedette.spans.span import listed, mapping, text


def occurrence_shape(event_id: str, payload: dict[str, Any]) -> dict[str, Any] | None:
    """What was found and why; None for an error."""
    held = mapping(payload.get("occurrence"))
    if payload.get("type") in OUTAGES:
        return _outage(event_id, held)
    if payload.get("type") == REPLAY:
        return _in_vain(event_id, held)
    detector = detectors().get(text(held.get("type")))
    if payload.get("type") != EVENT_TYPE or detector is None:
        return None
    transaction, parent = mapping(held.get("transaction")), mapping(held.get("parent"))
    offenders, causes = listed(held.get("offenders")), listed(held.get("causes"))
    shown = [
        ("Transaction", transaction.get("name")),
        ("Parent Span", parent.get("op")),
        ("Offending Spans", held.get("subtitle")),
    ]
    return {
        "eventId": event_id,
        "type": detector.name,
        "issueTitle": detector.title,
        "subtitle": held.get("subtitle"),
        "culprit": transaction.get("name"),
        "evidenceData": {
            "transactionName": transaction.get("name"),
            "op": parent.get("op"),
            "parentSpanIds": _ids([parent]),
            "causeSpanIds": _ids(causes),
            "offenderSpanIds": _ids(offenders),
            "numRepeatingSpans": str(held.get("count") or len(offenders)),
            "totalDurationMs": held.get("total_ms"),
            "reasons": held.get("reasons"),
        },
        "evidenceDisplay": [
            {"name": name, "value": value, "important": at == len(shown) - 1}
            for at, (name, value) in enumerate(shown)
            if value
        ],
    }


def _outage(event_id: str, held: Mapping[str, Any]) -> dict[str, Any]:
    monitor, found = mapping(held.get("monitor")), mapping(held.get("found"))
    shown = [
        ("Failure reason", held.get("subtitle") or held.get("reason")),
        ("Environment", held.get("environment")),
        ("Clause", found.get("clause")),
        ("Monitor", monitor.get("slug")),
    ]
    return {
        "eventId": event_id,
        "type": held.get("type"),
        "issueTitle": held.get("title"),
        "subtitle": held.get("subtitle"),
        "culprit": monitor.get("target"),
        "evidenceData": {"monitor": dict(monitor), "reason": held.get("reason"), **found},
        "evidenceDisplay": [
            {"name": name, "value": str(value), "important": at == 0}
            for at, (name, value) in enumerate(shown)
            if value
        ],
    }


def _in_vain(event_id: str, held: Mapping[str, Any]) -> dict[str, Any]:
    shown = [
        ("Selector Path", held.get("selector")),
        ("Page", held.get("page")),
        ("Clicks", held.get("clicks")),
    ]
    return {
        "eventId": event_id,
        "type": held.get("type"),
        "issueTitle": held.get("title"),
        "subtitle": held.get("subtitle"),
        "culprit": held.get("page"),
        "evidenceData": {"replayId": held.get("replay_id"), "timestampMs": held.get("ms")},
        "evidenceDisplay": [
            {"name": name, "value": str(value), "important": at == 0}
            for at, (name, value) in enumerate(shown)
            if value
        ],
    }


def _ids(spans: list[Any]) -> list[str]:
    found = (mapping(span).get("span_id") for span in spans)
    return [one for one in found if isinstance(one, str) and one]
