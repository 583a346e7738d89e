"""Crash reports in envelopes: found beside an event, and read into it.

A report that came without an event makes one.
"""

from __future__ import annotations

from collections.abc import Sequence

from vedette.crashes.frame_info import AskFrameInfo, has_none
from vedette.crashes.reports import REPORTS, CrashReport, fold
from vedette.items import kind_of
from vedette.outcome import Drop
from vedette.pipeline.context import Context
from vedette.pipeline.work import Work
from vedette.spool.meta import Meta
from vedette.wire.envelope import Item, ItemHeader


def read_crash(work: Work, context: Context) -> Work | Drop:
    """Put what the crash report says into its event, before the event is scrubbed."""
    if work.item.crash is not None:
        ask = _frame_info(work.item.meta, context)
        work.item.payload = fold(work.item.payload, work.item.crash, ask)
    return work


def _frame_info(meta: Meta, context: Context) -> AskFrameInfo:
    """Who knows how to walk the stacks of the project's programs, by what is uploaded now."""
    if context.symbols is None or meta.project_id not in context.projects:
        return has_none
    context.notice_files(meta.project_id, meta.received)
    version = context.projects[meta.project_id].artifacts_version
    return context.symbols.frame_info(meta.project_id, version)


def find_crash(items: Sequence[Item], body: bytes) -> CrashReport | None:
    """The crash report among the items of an envelope; of several the first."""
    for item in items:
        type_ = report_type(item.header)
        if type_:
            return CrashReport(type_, item.payload(body))
    return None


def report_type(header: ItemHeader) -> str:
    """The form of the crash report that an item is; empty for none."""
    name = header.attachment_type if header.type == "attachment" else header.type
    return name if name in REPORTS else ""


def takes_crash(item: Item) -> bool:
    """Whether the item is the event that a crash report is about."""
    return kind_of(item.header.type).category == "error"
