"""The frame an event crashed in; see `vedette.pipeline.grouping.titles`."""

from __future__ import annotations

from vedette.wire.event import Event, ExceptionValue, Frame, Stacktrace, Thread


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


def _has_frames(thread: Thread) -> bool:
    """True when the thread sent at least one frame."""
    return thread.stacktrace is not None and bool(thread.stacktrace.frames)
