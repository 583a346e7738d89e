"""The steps that turn away what a project does not want to have: counted, and not stored.

What the product itself writes, and what is read again, was let in before and is passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vedette.filters._compiled import Filters
from vedette.filters._views import EventView, RowView, View
from vedette.items import Counted, Row
from vedette.outcome import Drop, DropReason, Outcome
from vedette.pipeline.context import Context
from vedette.pipeline.enrich import address_of, user_key
from vedette.pipeline.work import Work
from vedette.spans.rows import SPANS, releases_of

_ERRORS = "errors"
_GONE = (DropReason.FILTERED, DropReason.SPIKE)
_TRANSACTION, _SPAN = "transaction", "span"


def inbound_filters(work: Work, context: Context) -> Work | Drop:
    """Ask every filter that needs no more than what was sent, before anything is spent on it."""
    filters = _asked(work, context)
    if filters is None:
        return work
    if work.event is not None:
        address = address_of(work.event, work.item.meta.remote_address)
        view = EventView(work.event, address, user_key(work.event, address) or "")
        return _judge(work, filters.verdict(view) or _beyond(work, context, filters, view))
    rows = work.effects.rows
    if work.kind.category == _TRANSACTION and rows:
        bodies = work.effects.bodies
        segment = RowView(rows[0].values, _TRANSACTION, lambda: bodies[0].data if bodies else b"")
        reason = filters.verdict(segment) or filters.written(SPANS.name, rows[0].values)
        return _judge(work, reason or _beyond(work, context, filters, segment))
    if work.kind.category == _SPAN:
        _sift(work, filters)
    return work


def written_filters(work: Work, context: Context) -> Work | Drop:
    """Ask the rules that people wrote as searches, of the row that an event is found by."""
    if work.event is None:
        return work
    filters = _asked(work, context)
    if filters is None or not filters.reads(_ERRORS):
        return work
    return _judge(work, filters.written(_ERRORS, work.effects.rows[-1].values))


def along_with_events(works: Sequence[Work]) -> None:
    """Drop the files that came in one envelope with an event that was turned away, or only
    counted."""
    dropped = next(filter(None, map(_gone, works)), None)
    for work in works if dropped is not None else ():
        if work.kind.goes_with_event and work.dropped is None and work.error is None:
            work.dropped = dropped


def _gone(work: Work) -> Drop | None:
    """Why an event is not stored, where nothing is wrong with it."""
    if not work.kind.is_event:
        return None
    if work.is_counted_only:
        return Drop(DropReason.STORM)
    return work.dropped if work.dropped is not None and work.dropped.reason in _GONE else None


def _asked(work: Work, context: Context) -> Filters | None:
    filters = context.filters(work.item.meta.project_id)
    if filters is None or work.item.meta.was_let_in or work.kind.is_own:
        return None
    return filters


def _judge(work: Work, reason: str) -> Work | Drop:
    return Drop(DropReason.FILTERED, reason) if reason else work


def _beyond(work: Work, context: Context, filters: Filters, view: View) -> str:
    """The filter whose limit is reached by this one; each limit counts it."""
    meta, found = work.item.meta, ""
    for name, key, most in filters.limits(view):
        if context.offenders.count(meta.project_id, name, key, meta.received) > most:
            found = found or name
    return found


def _sift(work: Work, filters: Filters) -> None:
    """Take spans out of their container, with the spans of a segment that goes."""
    reasons = _reasons(work.effects.rows, filters)
    if not any(reasons):
        return
    effects, kept = work.effects, []
    counts: dict[str, int] = {}
    for row, reason in zip(effects.rows, reasons, strict=True):
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
        else:
            kept.append(row)
    effects.rows = kept
    effects.facts = releases_of(kept)
    effects.quantity = len(kept)
    effects.outcomes += [
        Counted(work.kind.category, Outcome.FILTERED.value, reason, count)
        for reason, count in counts.items()
    ]


def _reasons(rows: Iterable[Row], filters: Filters) -> list[str]:
    found, gone = [], dict[tuple[object, object], str]()
    for row in rows:
        values = row.values
        reason = filters.verdict(RowView(values, _SPAN))
        if not reason and values["is_segment"]:
            reason = filters.written(SPANS.name, values)
        found.append(reason)
        if reason and values["is_segment"]:
            gone[values["trace_id"], values["span_id"]] = reason
    return [
        reason or gone.get((row.values["trace_id"], row.values.get("segment_id")), "")
        for row, reason in zip(rows, found, strict=True)
    ]
