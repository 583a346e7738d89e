"""The step that names native and JVM frames through debug files, before anything is made of
them."""

from __future__ import annotations

from vedette.outcome import Drop
from vedette.pipeline.context import Context
from vedette.pipeline.work import Work
from vedette.symbols.reader import SymbolReading, may_have_symbols
from vedette.wire.event import decode_event


def name_symbols(work: Work, context: Context) -> Work | Drop:
    """Put functions, files and lines into the frames, with a verdict for each.

    Events without images are not looked at.
    """
    if work.event is None or context.symbols is None or not may_have_symbols(work.payload):
        return work
    version, reading = _read(work, context)
    if reading is None:
        return work
    if reading.unread:  # a file may have come a moment ago
        context.freshen(work.item.meta.received)
        if _version(work, context) != version:
            _, reading = _read(work, context)
    if reading is not None:
        if reading.readable:
            work.minified = work.minified or work.payload
        work.payload = reading.payload
        work.unread = (work.unread or 0) + reading.unread
        work.event = decode_event(reading.payload)
    return work


def _read(work: Work, context: Context) -> tuple[int, SymbolReading | None]:
    version = _version(work, context)
    if context.symbols is None:
        return version, None
    return version, context.symbols.read(work.payload, work.item.meta.project_id, version)


def _version(work: Work, context: Context) -> int:
    return context.projects[work.item.meta.project_id].artifacts_version
