"""What an event is called: its title and culprit, and whether anybody handled it.

Source: protocol, section 4 (exception.values) and trap 19: an exception without a type is
a message in disguise.
"""

from __future__ import annotations

from typing import Final

from vedette.pipeline.grouping.model import Title
from vedette.wire.event import Event, ExceptionValue, Frame, Stacktrace, Thread

UNLABELED: Final = "<unlabeled event>"
_MAX_TEXT: Final = 512
_MAX_NAME: Final = 256
_MAX_CULPRIT: Final = 200


def title(event: Event) -> Title:
    """The title of any event, however empty. Never raises.

    Parts are cut: names to 256 characters, value and text to 512, culprit to 200.
    """
    exception = shown_exception(event)
    type_ = value = ""
    if exception is not None:
        type_, value = first_line(exception.type)[:_MAX_NAME], first_line(exception.value)
    if not type_:
        value = first_line(event.message_text) or value
    text = f"{type_}: {value}" if type_ and value else type_ or value
    frame = crash_frame(event)
    return Title(
        type=type_,
        value=value,
        text=text[:_MAX_TEXT] or UNLABELED,
        culprit=_culprit(event, frame),
        filename=(frame.filename or frame.abs_path or "")[:_MAX_NAME] if frame is not None else "",
        function=(frame.function or "")[:_MAX_NAME] if frame is not None else "",
    )


def is_unhandled(event: Event) -> bool:
    """True when any exception of the event was caught by nobody but the SDK."""
    return any(
        exception.mechanism is not None and exception.mechanism.handled is False
        for exception in event.exceptions
    )


def shown_exception(event: Event) -> ExceptionValue | None:
    """The exception people read: the last of a chain, the outermost of a group."""
    exceptions = event.exceptions
    for exception in reversed(exceptions):
        mechanism = exception.mechanism
        if mechanism is not None and mechanism.is_exception_group and mechanism.parent_id is None:
            return exception
    return exceptions[-1] if exceptions else None


def crash_frame(event: Event) -> Frame | None:
    """The innermost application frame of the shown exception, else its innermost frame.

    Without an exception's frames the event's own stack and its threads are looked at.
    """
    shown = shown_exception(event)
    if shown is not None and (frame := _innermost(shown.stacktrace)) is not None:
        return frame
    stacks = [exception.stacktrace for exception in reversed(event.exceptions)]
    stacks += [event.stacktrace, thread_stack(event)]
    return next((frame for stack in stacks if (frame := _innermost(stack)) is not None), None)


def _innermost(stack: Stacktrace | None) -> Frame | None:
    """The innermost application frame of a stack, else its innermost frame."""
    innermost = None
    for frame in reversed((stack.frames if stack is not None else None) or ()):
        if frame is not None:
            if frame.in_app:
                return frame
            innermost = innermost or frame
    return innermost


def thread_stack(event: Event) -> Stacktrace | None:
    """The stack of the thread that crashed, else of the current, the main or the only one."""
    threads = [thread for thread in event.thread_list if _has_frames(thread)]
    for thread in threads:
        if thread.crashed:
            return thread.stacktrace
    for thread in threads:
        if thread.current:
            return thread.stacktrace
    for thread in threads:
        if thread.main or len(threads) == 1:
            return thread.stacktrace
    return None


def first_line(text: str | None) -> str:
    """The first line that is not blank, trimmed and cut to 512 characters."""
    for line in (text or "")[: 8 * _MAX_TEXT].splitlines():
        if line.strip():
            return line.strip()[:_MAX_TEXT]
    return ""


def _has_frames(thread: Thread) -> bool:
    """True when the thread sent at least one frame."""
    return thread.stacktrace is not None and bool(thread.stacktrace.frames)


def _culprit(event: Event, frame: Frame | None) -> str:
    """Where it happened: the transaction, else what the SDK said, else the crash frame."""
    named = event.transaction or event.culprit or ""
    if not named and frame is not None:
        place = frame.module or frame.filename or ""
        function = frame.function or ""
        named = f"{place} in {function}" if place and function else place or function
    return named.strip()[:_MAX_CULPRIT]
