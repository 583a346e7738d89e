"""What is worth how much where room is short: kinds of data as people keep and give them up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from vedette.items import ItemKind, Worth, kinds
from vedette.items._kept import KEPT_ITEMS
from vedette.store import query as q
from vedette.store.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What is kept for so long, measured and given up together: a table, or a kept category.

    `setting` names the field of the configuration that says for how many days by default.
    """

    name: str
    table: Table
    category: str
    worth: Worth
    spares: str
    precious: q.Condition | None
    setting: str

    @property
    def label(self) -> str:
        """As people read it."""
        if self.category:
            return f"{self.category.replace('_', ' ')} (raw)"
        return self.name.replace("_", " ")

    @property
    def conditions(self) -> list[q.Condition]:
        """Which rows of the table are its own."""
        if not self.category:
            return []
        return [q.Compare(q.Field("category"), "=", self.category)]


class Layer(IntEnum):
    """Which rows of a stock: those that are given up first, and the rest."""

    PLAIN = 0
    REST = 1


_SETTINGS = {
    "telemetry": "retention_days",
    "kept_items": "kept_items_retention_days",
    "checks": "checks_retention_days",
}


@cache
def stocks() -> dict[str, Stock]:
    """Every stock by name, what is given up first at the front."""
    found: dict[str, Stock] = {}
    for kind in kinds().values():
        for table in kind.tables:
            stock = _stock(kind, table)
            held = found.get(stock.name)
            if held is None or stock.worth > held.worth:
                found[stock.name] = stock
    return {one.name: one for one in sorted(found.values(), key=lambda one: (one.worth, one.name))}


def _stock(kind: ItemKind, table: Table) -> Stock:
    is_kept = table is KEPT_ITEMS
    return Stock(
        name=f"kept_{kind.category}" if is_kept else table.name,
        table=table,
        category=kind.category if is_kept else "",
        worth=kind.worth,
        spares=kind.spares,
        precious=kind.precious,
        setting=_SETTINGS.get(str(table.retention), "retention_days"),
    )
