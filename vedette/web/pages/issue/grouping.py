"""Why this event belongs to its issue: what contributed, what was ignored, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import orjson

from vedette.pipeline.grouping import Explanation, explain
from vedette.pipeline.grouping.model import ExceptionExplanation
from vedette.web.pages.issue.payload import Payload
from vedette.wire.event import decode_event

_MOST_FRAMES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingView:
    """The explanation, crash frames first, and how many frames of each stack are not shown."""

    explanation: Explanation
    exceptions: list[tuple[ExceptionExplanation, int]]
    key: str


def make_grouping(payload: Payload) -> GroupingView | None:
    """The explanation; nothing for an event that the strict reader refuses."""
    try:
        found = explain(decode_event(orjson.dumps(payload)))
    except (msgspec.MsgspecError, orjson.JSONEncodeError):
        return None
    exceptions = [
        (
            msgspec.structs.replace(one, frames=one.frames[::-1][:_MOST_FRAMES]),
            max(len(one.frames) - _MOST_FRAMES, 0),
        )
        for one in reversed(found.exceptions)
    ]
    return GroupingView(explanation=found, exceptions=exceptions[:30], key=found.key.hex())
