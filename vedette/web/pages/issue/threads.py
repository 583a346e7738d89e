"""The threads of an event, the crashed and the current ones first."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.web.pages.issue.payload import Payload, mapping, text, values
from vedette.web.pages.issue.stacktrace import (
    Stack,
    View,
    make_stack,
    raw_stack,
    shown_remarks,
    shown_trace,
)
from vedette.web.remarks import Remarks
from vedette.web.values import Budget

MOST_THREADS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """One thread. A crashed thread may have no stack: it is the exception's."""

    name: str
    marks: list[str]
    state: str
    stack: Stack | None
    raw: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """The threads shown, and how many are not."""

    threads: list[ThreadView]
    left_out: int


def make_threads(payload: Payload, budget: Budget, *, view: View, has_exceptions: bool) -> Threads:
    """The threads; a bare `stacktrace` of old clients counts as the only one."""
    held = [
        (mapping(value), remarks)
        for value, remarks in values(payload, "threads")
        if isinstance(value, dict)
    ]
    if not held and not has_exceptions and isinstance(payload.get("stacktrace"), dict):
        own = {name: payload.get(name) for name in ("stacktrace", "raw_stacktrace")}
        held = [({"current": True, **own}, Remarks.of(payload))]
    held.sort(
        key=lambda pair: (pair[0].get("crashed") is not True, pair[0].get("current") is not True)
    )
    platform = text(payload.get("platform"))
    made = []
    for thread, remarks in held[:MOST_THREADS]:
        trace = shown_trace(thread, view)
        wanted = thread.get("crashed") is True or thread.get("current") is True
        made.append(
            ThreadView(
                name=_name(thread),
                marks=[mark for mark in ("crashed", "current", "main") if thread.get(mark) is True],
                state=text(thread.get("state")),
                stack=make_stack(
                    trace,
                    shown_remarks(remarks, thread, view),
                    budget,
                    platform=platform,
                    view=view,
                ),
                raw=raw_stack(trace, platform=platform, headline=_name(thread))
                if view == "raw"
                else "",
                is_open=wanted and not has_exceptions,
            )
        )
    return Threads(threads=made, left_out=max(len(held) - MOST_THREADS, 0))


def _name(thread: Payload) -> str:
    name, number = text(thread.get("name")), text(thread.get("id"))
    return " ".join(part for part in (name, f"#{number}" if number else "") if part) or "Thread"
