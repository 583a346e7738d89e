"""Changes every frame of an event that is shown, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from vedette.web.pages.issue.event import EventView
from vedette.web.pages.issue.frames import Frame
from vedette.web.pages.issue.stacktrace import Stack


def frames_of(event: EventView) -> Iterator[Frame]:
    """All frames that are shown."""
    stacks = [*(one.stack for one in event.chain.exceptions), *_threads(event)]
    for stack in stacks:
        for run in stack.runs if stack else ():
            yield from run.frames


def reframed(event: EventView, change: Callable[[Frame], Frame]) -> EventView:
    """The event with each of its frames changed."""
    exceptions = [
        replace(one, stack=_changed(one.stack, change)) if one.stack else one
        for one in event.chain.exceptions
    ]
    threads = [
        replace(one, stack=_changed(one.stack, change)) if one.stack else one
        for one in event.threads.threads
    ]
    return replace(
        event,
        chain=replace(event.chain, exceptions=exceptions),
        threads=replace(event.threads, threads=threads),
    )


def _threads(event: EventView) -> Iterator[Stack | None]:
    yield from (one.stack for one in event.threads.threads)


def _changed(stack: Stack, change: Callable[[Frame], Frame]) -> Stack:
    runs = [replace(run, frames=[change(frame) for frame in run.frames]) for run in stack.runs]
    return replace(stack, runs=runs)
