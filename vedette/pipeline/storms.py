"""The steps that keep a flood of errors small: all events are counted, not all are stored.

A project far beyond what is usual for it is cut before anything is spent on its events (see
`bursts`). Issues that happen very often are stored at a falling rate: of one issue and hour so
many whole as the project says; then one of ten up to ten times as many, one of a hundred, one of
a thousand. A stored event says how many stand behind it that are not, so sums of events are right
but for those that came after it. Rules and the issue itself count every one.
"""

from __future__ import annotations

from vedette.outcome import Drop, DropReason
from vedette.pipeline.context import Context
from vedette.pipeline.work import Work

_STRIDES = ((1, 1), (10, 10), (100, 100))  # up to so many times the number: one of so many
_LAST = 1000
_ERROR = "error"  # what is usual is learned from these alone: transactions are not touched


def spikes(work: Work, context: Context) -> Work | Drop:
    """Cut what is beyond the project's bound."""
    meta = work.item.meta
    bound = context.projects[meta.project_id].spike_bound
    if not bound or work.kind.category != _ERROR or meta.was_let_in:
        return work
    if context.bursts.is_cut(meta.project_id, bound, meta.received, work.item.payload):
        return Drop(DropReason.SPIKE)
    return work


def storms(work: Work, context: Context) -> Work | Drop:
    """Decide whether the event is stored, and for how many it stands."""
    if work.event is None:
        return work
    meta = work.item.meta
    most = context.projects[meta.project_id].storm_events
    if not most or meta.was_let_in or work.kind.is_own:
        return work
    values = work.effects.rows[-1].values
    number = context.storms.count(meta.project_id, values["group_id"], meta.received, most)
    if number > most:
        every = stride(number, most)
        work.is_counted_only = number % every != 0
        values["unstored"] = every - 1
    return work


def stride(number: int, most: int) -> int:
    """Of how many events one is stored, for the one with this number in its hour."""
    return next((every for times, every in _STRIDES if number <= most * times), _LAST)
