"""The step that keeps of traces what is set to be kept, and says for how many each stands.

Errors are never sampled, nor what the product itself writes or what is read again.
"""

from __future__ import annotations

from collections.abc import Iterable

from vedette.items import Counted, Row
from vedette.items._spans import header_of
from vedette.outcome import Drop, DropReason
from vedette.pipeline.context import Context
from vedette.pipeline.sampling import (
    Head,
    head_of,
    head_of_row,
    is_kept,
    read_rules,
    share_of,
)
from vedette.pipeline.settings import ProjectSettings
from vedette.pipeline.work import Work
from vedette.spans.rows import releases_of

_TRANSACTION, _SPAN = "transaction", "span"


def sample(work: Work, context: Context) -> Work | Drop:
    """Decide by the head of the trace, which is the same for all that belongs to it."""
    if not context.samples or work.kind.category not in (_TRANSACTION, _SPAN):
        return work
    if work.item.meta.was_let_in or work.kind.is_own:
        return work
    own = context.projects.get(work.item.meta.project_id)
    if own is None or not own.trace_keys or not work.effects.rows:
        return work
    found = head_of(header_of(work.item))
    head_settings = _of_head(found[0], own, context) if found is not None else None
    if found is not None and head_settings is not None:
        share = _share(head_settings, found[1])
        return _whole(work, share, found[1].trace_id)
    if not own.sampling:
        return work
    if work.kind.category == _TRANSACTION:
        head = head_of_row(work.effects.rows[0].values)
        return _whole(work, _share(own, head), head.trace_id)
    return _apart(work, own)


def _of_head(key: str, own: ProjectSettings, context: Context) -> ProjectSettings | None:
    """The settings of the project that began the trace, if it is of the same organisation."""
    if key in own.trace_keys:
        return own
    project_id = context.trace_heads.get(key)
    found = context.projects.get(project_id) if project_id is not None else None
    same = found is not None and found.organization_id == own.organization_id
    return found if same else None


def _share(settings: ProjectSettings, head: Head) -> float:
    return share_of(read_rules(settings.sampling), head, settings.known_transactions)


def _whole(work: Work, share: float, trace_id: str) -> Work | Drop:
    """All of an item, or nothing of it."""
    if not is_kept(trace_id, share):
        return Drop(DropReason.SAMPLED)
    _weigh(work.effects.rows, share)
    return work


def _apart(work: Work, own: ProjectSettings) -> Work | Drop:
    """Spans of which nobody says who began their traces, each by itself."""
    effects, kept = work.effects, []
    for row in effects.rows:
        head = head_of_row(row.values)
        share = _share(own, head)
        if is_kept(head.trace_id, share):
            _weigh((row,), share)
            kept.append(row)
    gone = len(effects.rows) - len(kept)
    if not gone:
        return work
    if not kept:
        return Drop(DropReason.SAMPLED)
    effects.rows = kept
    effects.facts = releases_of(kept)
    effects.quantity = len(kept)
    outcome, reason = DropReason.SAMPLED.value
    effects.outcomes.append(Counted(work.kind.category, outcome, reason, gone))
    return work


def _weigh(rows: Iterable[Row], share: float) -> None:
    """Each stands for as many as were not kept for its sake."""
    if share >= 1.0:
        return
    for row in rows:
        weight = row.values.get("weight")
        row.values["weight"] = (float(weight) if isinstance(weight, int | float) else 1.0) / share
