"""The chain or tree of exceptions, the one people saw first, with causes below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.web.pages.issue.frames import http_link
from vedette.web.pages.issue.payload import Payload, mapping, number, text, values
from vedette.web.pages.issue.stacktrace import (
    Stack,
    View,
    make_stack,
    raw_stack,
    shown_remarks,
    shown_trace,
)
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, Shown, show_entries, show_value

MOST_EXCEPTIONS = 30
_MOST_DEPTH = 4
_MOST_STEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """How the exception was caught."""

    type: str
    handled: bool | None
    description: str
    help_link: str
    data: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """One exception. `relation` says how it hangs on the one above; `depth` indents groups."""

    number: int
    type: str
    module: str
    value: Shown
    mechanism: Mechanism | None
    stack: Stack | None
    raw: str
    relation: str
    depth: int
    is_group: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All exceptions of an event, outermost first; `left_out` innermost ones are not shown."""

    exceptions: list[ExceptionView]
    left_out: int


def make_chain(payload: Payload, budget: Budget, *, view: View) -> Chain:
    """The exceptions of the event, bounded."""
    held = [
        (mapping(value), remarks)
        for value, remarks in values(payload, "exception")
        if isinstance(value, dict)
    ]
    held.reverse()
    depths = group_depths([value for value, _ in held])
    platform = text(payload.get("platform"))
    shown = held[:MOST_EXCEPTIONS]
    made = [
        _make_exception(value, remarks, budget, index, depths[index], platform=platform, view=view)
        for index, (value, remarks) in enumerate(shown)
    ]
    return Chain(exceptions=made, left_out=len(held) - len(shown))


def _make_exception(
    held: Payload,
    remarks: Remarks,
    budget: Budget,
    index: int,
    depth: int,
    *,
    platform: str,
    view: View,
) -> ExceptionView:
    trace = shown_trace(held, view)
    kind, value = text(held.get("type")), held.get("value")
    mechanism = mapping(held.get("mechanism"))
    headline = ": ".join(part for part in (kind, text(value)) if part)
    raw = view == "raw" and isinstance(trace, dict)
    return ExceptionView(
        number=index + 1,
        type=kind or "Error",
        module=text(held.get("module")),
        value=show_value(value, remarks.at("value"), budget),
        mechanism=_make_mechanism(mechanism, remarks.at("mechanism"), budget),
        stack=make_stack(
            trace, shown_remarks(remarks, held, view), budget, platform=platform, view=view
        ),
        raw=raw_stack(trace, platform=platform, headline=headline) if raw else "",
        relation=_relation(mechanism, index),
        depth=depth,
        is_group=mechanism.get("is_exception_group") is True,
    )


def _make_mechanism(held: Payload, remarks: Remarks, budget: Budget) -> Mechanism | None:
    if not held:
        return None
    handled = held.get("handled")
    data = {**mapping(held.get("data")), **_signal(mapping(held.get("meta")))}
    return Mechanism(
        type=text(held.get("type")) or "generic",
        handled=handled if isinstance(handled, bool) else None,
        description=text(held.get("description")),
        help_link=http_link(held.get("help_link")),
        data=show_entries(data, remarks.at("data"), budget),
    )


def _signal(meta: Payload) -> dict[str, Any]:
    """Signals and error codes of native crashes, in one level."""
    return {key: value for key, value in meta.items() if value}


def _relation(mechanism: Payload, index: int) -> str:
    if index == 0:
        return ""
    source = text(mechanism.get("source"))
    words = {
        "__cause__": "caused by",
        "cause": "caused by",
        "InnerException": "caused by",
        "__context__": "raised while handling",
    }
    if source.startswith(("exceptions[", "errors[", "InnerExceptions[")):
        return f"in the group as {source}"
    return words.get(source, f"through {source}" if source else "caused by")


def group_depths(held: list[Payload]) -> list[int]:
    """For each exception, how many groups stand above it.

    Bounded, because the members of a hostile event may claim to be each other's parent.
    """
    mechanisms = [mapping(value.get("mechanism")) for value in held]
    ids = [number(mechanism.get("exception_id")) for mechanism in mechanisms]
    parents = {
        own: number(mechanism.get("parent_id"))
        for own, mechanism in zip(ids, mechanisms, strict=True)
        if own is not None
    }
    groups = {
        own
        for own, mechanism in zip(ids, mechanisms, strict=True)
        if own is not None and mechanism.get("is_exception_group") is True
    }
    return [_depth(own, parents, groups) for own in ids]


def _depth(own: int | None, parents: dict[int, int | None], groups: set[int]) -> int:
    at, depth = own, 0
    for _ in range(_MOST_STEPS):
        at = parents.get(at) if at is not None else None
        depth += at in groups
    return min(depth, _MOST_DEPTH)
