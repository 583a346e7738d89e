"""What of a batch takes effect: its rows and facts, but for items that are there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vedette.facts import Fact, UsageSeen, merged
from vedette.items.client_report import OUTCOMES
from vedette.pipeline.batch import Handover, Once, OutcomeKey
from vedette.store.table import Rows, Table


def rows_of(
    handover: Handover[Fact],
    tables: Mapping[str, Table],
    gone: Sequence[Once],
    outcomes: Mapping[OutcomeKey, int],
) -> list[Rows]:
    """All rows by table, without those of items that are there already.

    Outcomes lie at the last record.
    """
    dropped: dict[str, set[int]] = {}
    for once in gone:
        for table, row in once.rows:
            dropped.setdefault(table, set()).add(row)
    batch: list[Rows] = []
    for name, columns in handover.tables.items():
        rows = Rows(tables[name], columns)
        if name in dropped:
            rows = rows.pick([at for at in range(len(rows)) if at not in dropped[name]])
        if len(rows):
            batch.append(rows)
    counted = Rows(OUTCOMES)
    for key, quantity in outcomes.items():
        if quantity:
            values = {
                "project_id": key.project_id,
                "quantity": quantity,
                "category": key.category,
                "outcome": key.outcome,
                "reason": key.reason,
                "timestamp": key.hour * 1_000_000,
                "writer": handover.writer,
                "position": handover.last,
            }
            counted.add(values)
    if len(counted):
        batch.append(counted)
    return batch


def facts_of(
    handover: Handover[Fact], gone: Sequence[Once], outcomes: Mapping[OutcomeKey, int]
) -> list[Fact]:
    """The batch's facts, without those of items that are there already; outcomes as usage."""
    dropped = {index for once in gone for index in once.facts}
    facts = [fact for at, fact in enumerate(handover.facts) if at not in dropped]
    facts += [
        UsageSeen(
            project_id=key.project_id,
            category=key.category,
            outcome=key.outcome,
            reason=key.reason,
            hour=key.hour,
            quantity=quantity,
        )
        for key, quantity in outcomes.items()
        if quantity
    ]
    return merged(facts)
