"""A sender's wrong clock: what the pipeline corrects in an event's time, its trail needs too."""

from __future__ import annotations

from typing import Any

from vedette.wire.scalars import parse_timestamp

_LEAST_SECONDS = 1.0  # below it is what rounding leaves


def correct(event: dict[str, Any], happened: float) -> None:
    """Move the times within a normalised event as its own time was moved, with a remark."""
    sent = parse_timestamp(event.get("timestamp"))
    event["timestamp"] = happened
    drift = happened - sent if sent is not None else 0.0
    if abs(drift) < _LEAST_SECONDS:
        return
    _node(_node(event["_meta"], "timestamp"), "")["err"] = ["clock_drift"]
    crumbs = (event.get("breadcrumbs") or {}).get("values") or []
    for crumb in crumbs:
        at = parse_timestamp(crumb.get("timestamp")) if isinstance(crumb, dict) else None
        if at is not None:
            crumb["timestamp"] = at + drift


def _node(tree: dict[str, Any], step: str) -> dict[str, Any]:
    """The node of a `_meta` tree; a new one in the place of what a sender put there instead."""
    held = tree.get(step)
    if not isinstance(held, dict):
        held = tree[step] = {}
    return held
