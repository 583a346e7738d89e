"""From the exceptions of an event to components: chains, groups, stackless ones.

A chain counts from the innermost cause to the shown exception; a group counts as itself
and the set of its members, in no order. The walk is flat: parent ids are never followed,
so members that claim to be each other's parent cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from vedette.pipeline.grouping.codes import code_of
from vedette.pipeline.grouping.frames import ReadFrame, read_frames
from vedette.pipeline.grouping.model import Variant
from vedette.pipeline.grouping.parameterise import parameterise
from vedette.pipeline.grouping.stack import (
    FrameSet,
    StackReading,
    all_positions,
    app_positions,
    is_marked,
    marked_positions,
    read_stack,
    take_frames,
)
from vedette.wire.event import ExceptionValue, Stacktrace

MAX_EXCEPTIONS: Final = 50
_OVERFLOWS: Final = frozenset(
    {"RecursionError", "StackOverflowError", "StackOverflowException", "SystemStackError"}
    | {"System.StackOverflowException", "java.lang.StackOverflowError", "InternalError"}
)
_GENERATED_TYPE: Final = re.compile(r"0x[0-9a-f]+|(?<=[_$#@])\d+$|\d{4,}|(?<=Proxy)\d+")
# Types that say nothing: the SDK adds the stack of the report, not of the error.
_UNTYPED: Final = frozenset(
    {"*errors.errorString", "*fmt.wrapError", "*errors.fundamental", "*fmt.wrapErrors"}
    | {"*errors.withStack", "*errors.withMessage", "*errors.joinError", "*xerrors.errorString"}
    | {"*xerrors.noWrapError", "*xerrors.wrapError", "*eris.rootError", "*eris.wrapError"}
    | {"*errutil.leafError", "*errutil.withPrefix", "*errutil.withNewMessage"}
    | {"anyhow::Error", "eyre::Report", "String"}
    | {"*withstack.withStack", "*pkgerrors.fundamental", "*oops.OopsError", "*multierror.Error"}
)


_MAX_REMEMBERED: Final = 1_024
_MAX_REMEMBERED_FRAMES: Final = 64


# By the identity of frames, which are held beside so that no other ones can take it.
_remembered: dict[tuple[object, ...], tuple[list[StackReading], list[list[ReadFrame]]]] = {}


class Link(msgspec.Struct):
    """One exception (or a bare stack, then `sent` is null) and what was read of it.

    `code` is what tells it from others of its type, where that says too little.
    """

    sent: ExceptionValue | None
    type_used: str
    value_used: str
    frames: FrameSet
    stack: StackReading
    component: str
    code: str = ""


class ChainReading(msgspec.Struct):
    """The whole chain. `variant` is None when there is nothing to group by."""

    variant: Variant | None
    components: list[str]
    links: list[Link]


def read_chain(exceptions: list[ExceptionValue], platform: str | None) -> ChainReading:
    """Read a chain of exceptions, innermost first; the last 50 of it."""
    exceptions = exceptions[-MAX_EXCEPTIONS:]
    frame_sets = [take_frames(exception.stacktrace) for exception in exceptions]
    readings, variant = _read_stacks(frame_sets, [_overflowed(e) for e in exceptions], platform)
    links = [
        Link(exception, "", "", frames, stack, "")
        for exception, frames, stack in zip(exceptions, frame_sets, readings, strict=True)
    ]
    weak = all(reading.is_weak for reading in readings)
    for link in links:
        _settle(link, stackless=variant is None, weak=weak and link.sent is exceptions[-1])
        _add_code(link, platform)
    if variant is None and any(link.type_used or link.value_used for link in links):
        variant = Variant.EXCEPTION
    return ChainReading(variant, _in_order(links), links)


def read_bare_stack(stack: Stacktrace | None, platform: str | None) -> ChainReading:
    """Read a stack that belongs to no exception: a thread's, or the event's own."""
    frames = take_frames(stack)
    readings, variant = _read_stacks([frames], [False], platform)
    if readings[0].is_weak:
        variant = None
    link = Link(None, "", "", frames, readings[0], "\x1e".join(readings[0].components))
    return ChainReading(variant, [link.component], [link])


def _read_stacks(
    frame_sets: list[FrameSet], overflowed: list[bool], platform: str | None
) -> tuple[list[StackReading], Variant | None]:
    """Read by application frames; if these say nothing anywhere, by all frames.

    Where an SDK marked frames as the application's, the others are not looked at before.
    """
    marked = any(map(is_marked, frame_sets))
    _read(frame_sets, platform, only_app=marked)
    readings = _reduced(frame_sets, overflowed, marked_positions if marked else app_positions)
    if any(reading.components and not reading.misses_crash for reading in readings):
        return readings, Variant.APP_STACK
    if marked:
        _read(frame_sets, platform, only_app=False)
    readings = _reduced(frame_sets, overflowed, all_positions)
    found = any(reading.components for reading in readings)
    return readings, Variant.FULL_STACK if found else None


def _read(frame_sets: list[FrameSet], platform: str | None, *, only_app: bool) -> None:
    for frames in frame_sets:
        frames.read = read_frames(frames.sent, platform, only_app=only_app)


def _reduced(
    frame_sets: list[FrameSet], overflowed: list[bool], choose: Callable[[FrameSet], list[int]]
) -> list[StackReading]:
    """Reduce the stacks, or remember what the very same frames came to a moment ago."""
    key = (
        choose,
        *[(broke, *map(id, one.read)) for one, broke in zip(frame_sets, overflowed, strict=True)],
    )
    held = _remembered.get(key)
    if held is not None:
        return held[0]
    readings = [
        read_stack(frames, choose(frames), overflowed=broke)
        for frames, broke in zip(frame_sets, overflowed, strict=True)
    ]
    if sum(len(frames.read) for frames in frame_sets) <= _MAX_REMEMBERED_FRAMES:
        if len(_remembered) >= _MAX_REMEMBERED:
            _remembered.clear()
        _remembered[key] = readings, [frames.read for frames in frame_sets]
    return readings


def _overflowed(exception: ExceptionValue) -> bool:
    """True when the stack ran over, so that where it broke is chance."""
    value = exception.value or ""
    return exception.type in _OVERFLOWS or (
        exception.type == "RangeError" and value.startswith("Maximum call stack")
    )


def _settle(link: Link, *, stackless: bool, weak: bool) -> None:
    """Decide which of type and value count, and write the exception's component.

    A synthetic type (a signal, a watchdog) says how the process died, not where, so it
    yields to a stack. The value counts where no stack, a weak one or no real type is.
    """
    exception = link.sent
    if exception is None:
        return
    synthetic = exception.mechanism is not None and exception.mechanism.synthetic is True
    if stackless or not (synthetic and link.stack.components):
        link.type_used = _GENERATED_TYPE.sub("<hash>", exception.type or "")
    if stackless or weak or exception.type in _UNTYPED:
        link.value_used = parameterise(exception.value or "")
    _join(link)


def _add_code(link: Link, platform: str | None) -> None:
    """Let the code of an error count whose type says too little; see `codes`."""
    if link.sent is None:
        return
    link.code = code_of(link.sent, platform)
    if link.code:
        link.value_used = f"{link.value_used} {link.code}".lstrip()
        _join(link)


def _join(link: Link) -> None:
    """Write the component of an exception: type, value, frames."""
    parts = [link.type_used, link.value_used, *link.stack.components]
    link.component = "\x1e".join(parts)


def _in_order(links: list[Link]) -> list[str]:
    """The components of a chain in its order, of a group with its members sorted."""
    if any(_is_group(link) for link in links):
        root = next((link for link in reversed(links) if _is_group(link)), links[-1])
        members = {link.component for link in links if link is not root}
        return [root.component, *sorted(members)]
    kept: list[str] = []
    for link in links:
        if link.component not in kept:
            kept.append(link.component)
    return kept


def _is_group(link: Link) -> bool:
    """True for an exception that holds others (ExceptionGroup, AggregateError)."""
    sent = link.sent
    return (
        sent is not None
        and sent.mechanism is not None
        and sent.mechanism.is_exception_group is True
    )
