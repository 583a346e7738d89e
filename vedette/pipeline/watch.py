"""The step that counts rows for the alert rules."""

from __future__ import annotations

from vedette.outcome import Drop
from vedette.pipeline.context import Context
from vedette.pipeline.work import Work


def watch(work: Work, context: Context) -> Work | Drop:
    """Raise what the project's rules count of the item's rows; the past is not alerted of."""
    if work.item.meta.past is not None:
        return work
    watcher = context.watcher(work.item.meta.project_id)
    if watcher is not None:
        for row in work.effects.rows:
            work.effects.facts.extend(watcher.see(row.table.name, row.values))
    return work
