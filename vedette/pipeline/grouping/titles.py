"""What an event is called: its title and culprit, and whether anybody handled it.

Source: protocol, section 4 (exception.values) and trap 19: an exception without a type is
a message in disguise.
"""

from __future__ import annotations

from typing import Final

from vedette.pipeline.grouping.algorithm import Decision, decide
from vedette.pipeline.grouping.chain import Link
from vedette.pipeline.grouping.events import crash_frame, shown_exception
from vedette.pipeline.grouping.model import Title, Verdict
from vedette.wire.event import Event, Frame

UNLABELED: Final = "<unlabeled event>"
_MAX_TEXT: Final = 512
_MAX_NAME: Final = 256
_MAX_CULPRIT: Final = 200
_NATIVE: Final = frozenset({"native", "c", "cocoa", "objc", "swift", "rust", "apple-ios"})
_CONTRIBUTES: Final = Verdict.CONTRIBUTES
_RECURSION: Final = Verdict.RECURSION


def title(event: Event, decision: Decision | None = None) -> Title:
    """The title of any event, however empty. Never raises.

    `decision` is what the event is grouped by, if that is known already. Parts are cut: names
    to 256 characters, value and text to 512, culprit to 200.
    """
    exception = shown_exception(event)
    type_ = value = ""
    if exception is not None:
        type_, value = first_line(exception.type)[:_MAX_NAME], first_line(exception.value)
    if not type_:
        value = first_line(event.message_shown) or value
    text = f"{type_}: {value}" if type_ and value else type_ or value
    frame, written = _decisive_frame(event, decision or decide(event))
    return Title(
        type=type_,
        value=value,
        text=text[:_MAX_TEXT] or UNLABELED,
        culprit=_culprit(event, frame, written),
        filename=(frame.filename or frame.abs_path or "")[:_MAX_NAME] if frame is not None else "",
        function=(frame.function or "")[:_MAX_NAME] if frame is not None else "",
    )


def is_unhandled(event: Event) -> bool:
    """True when any exception of the event was caught by nobody but the SDK."""
    return any(
        exception.mechanism is not None and exception.mechanism.handled is False
        for exception in event.exceptions
    )


def _decisive_frame(event: Event, decision: Decision) -> tuple[Frame | None, str]:
    """The innermost frame that counted for the shown exception, else for another one.

    And its function as its author wrote it. Where none counted, the frame it crashed in.
    """
    shown = shown_exception(event)
    links = decision.links
    if links and links[-1].sent is not shown:
        links = [*links, *(link for link in links if link.sent is shown)]
    for link in reversed(links):
        at = _innermost_that_counts(link)
        if at is not None:
            return link.frames.sent[at], link.frames.read[at].function
    return crash_frame(event), ""


def _innermost_that_counts(link: Link) -> int | None:
    """Where the frame nearest the crash stands that contributes, or repeats one that does.

    One of the run time or a framework, even if the SDK takes it for the application's, only
    where there is no other.
    """
    verdicts, read, found = link.stack.verdicts, link.frames.read, None
    for at in range(len(verdicts) - 1, -1, -1):
        if verdicts[at] is _CONTRIBUTES or verdicts[at] is _RECURSION:
            if not read[at].is_library:
                return at
            found = at if found is None else found
    return found


def first_line(text: str | None) -> str:
    """The first line that is not blank, trimmed and cut to 512 characters."""
    for line in (text or "")[: 8 * _MAX_TEXT].splitlines():
        if line.strip():
            return line.strip()[:_MAX_TEXT]
    return ""


def _culprit(event: Event, frame: Frame | None, written: str) -> str:
    """Where it happened: the transaction, else what the SDK said, else the decisive frame.

    A native function's name says where it lies; it is shown without its types and hashes.
    """
    named = event.transaction or event.culprit or ""
    if not named and frame is not None:
        place = frame.module or frame.filename or ""
        function = frame.function or ""
        if written and (frame.platform or event.platform) in _NATIVE:
            named = written
        else:
            named = f"{place} in {function}" if place and function else place or function
    return named.strip()[:_MAX_CULPRIT]
