"""The step that names native and JVM frames through debug files, before anything is made of
them."""

from __future__ import annotations

from vedette.outcome import Drop
from vedette.pipeline.context import Context
from vedette.pipeline.scrub import TooCostly, decode_remarks, encode_remarks, meta
from vedette.pipeline.work import Work
from vedette.symbols.reader import SymbolReading, may_have_symbols
from vedette.wire.event import decode_event


def name_symbols(work: Work, context: Context) -> Work | Drop:
    """Put functions, files and lines into the frames, with a verdict for each.

    Events without images are not looked at, nor is what is taken over.
    """
    if work.event is None or not work.event.has_debug_meta or context.symbols is None:
        return work
    if work.item.meta.past is not None or not may_have_symbols(work.payload):
        return work
    version, reading = _read(work, context)
    if reading is None:
        return work
    if reading.unread:  # a file may have come a moment ago
        context.notice_files(work.item.meta.project_id, work.item.meta.received)
        if _version(work, context) != version:
            _, reading = _read(work, context)
    return _take(work, reading, context) if reading is not None else work


def _take(work: Work, reading: SymbolReading, context: Context) -> Work:
    """The event as it was read; lines of source bundles are new, so it is scrubbed again."""
    try:
        scrubbed = context.scrubbers[work.item.meta.project_id].scrub(reading.payload)
    except TooCostly:
        return work
    if reading.readable:
        work.minified = work.minified or work.payload
    work.payload = scrubbed.payload
    work.remarks = encode_remarks(scrubbed.remarks)  # those before lie in `_meta` now
    work.unread = (work.unread or 0) + reading.unread
    work.event = decode_event(work.payload)
    return work


def _read(work: Work, context: Context) -> tuple[int, SymbolReading | None]:
    version = _version(work, context)
    if context.symbols is None:
        return version, None
    said = meta(work.payload, decode_remarks(work.remarks)) if work.remarks else None
    project_id = work.item.meta.project_id
    return version, context.symbols.read(work.payload, project_id, version, said)


def _version(work: Work, context: Context) -> int:
    return context.projects[work.item.meta.project_id].artifacts_version
