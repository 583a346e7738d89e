"""Web vitals: how pages feel to those who open them, by page and by browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from vedette.explore.vitals import VITALS, Vital, attributes_of
from vedette.issues.shapes import Scope
from vedette.store import query as q
from vedette.telemetry.insights import search_spans
from vedette.telemetry.spans import ask_spans

MOST_ROWS = 100
By = Literal["transaction", "browser_name"]


# The kinds of spans that browsers put them on: reading no others spares most of the work.
_CATEGORIES: Final = ("pageload", "navigation", "ui")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One vital of a page: how often it was measured, its P75, and shares from 0 to 1."""

    vital: Vital
    count: int
    p75: float
    good: float
    poor: float

    @property
    def meh(self) -> float:
        """What is neither good nor poor."""
        return max(1 - self.good - self.poor, 0.0)

    @property
    def not_poor(self) -> float:
        """What is good or in between."""
        return min(1 - self.poor, 1.0)

    @property
    def verdict(self) -> str:
        """That of the P75: good, meh or poor."""
        if self.p75 <= self.vital.good:
            return "good"
        return "meh" if self.p75 <= self.vital.poor else "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalsRow:
    """A page or a browser with the vitals that were measured, None for the others."""

    name: str
    vitals: list[Measured | None]


def list_vitals(scope: Scope, by: By, query: str) -> list[VitalsRow]:
    """Those with most measures first. Raises SearchError for the search, and StoreError."""
    columns: dict[str, q.Expression] = {"name": q.Field(by), "measures": q.count()}
    for vital in VITALS.values():
        columns |= _columns(vital)
    rows = ask_spans(
        scope,
        columns,
        [
            q.OneOf(q.Field("category"), list(_CATEGORIES)),
            q.Either([q.Present(tag) for vital in VITALS.values() for tag in attributes_of(vital)]),
            search_spans(scope, query),
        ],
        group_by=["name"],
        order_by=[q.Order("measures", descending=True), q.Order("name")],
        limit=MOST_ROWS,
    )
    made = [
        VitalsRow(
            name=row["name"] or "",
            vitals=[_measured(vital, row) for vital in VITALS.values()],
        )
        for row in rows
    ]
    return [row for row in made if any(row.vitals)]


def _columns(vital: Vital) -> dict[str, q.Expression]:
    value = q.call("coalesce", *attributes_of(vital, is_number=True))
    return {
        f"{vital.name}_count": q.call("count_if", q.Compare(value, ">=", 0)),
        f"{vital.name}_good": q.call(
            "count_if", q.All([q.Compare(value, ">=", 0), q.Compare(value, "<=", vital.good)])
        ),
        f"{vital.name}_poor": q.call("count_if", q.Compare(value, ">", vital.poor)),
        f"{vital.name}_p75": q.call("quantile", value, 0.75),
    }


def _measured(vital: Vital, row: dict[str, Any]) -> Measured | None:
    count = row[f"{vital.name}_count"]
    if not count:
        return None
    return Measured(
        vital=vital,
        count=count,
        p75=row[f"{vital.name}_p75"],
        good=row[f"{vital.name}_good"] / count,
        poor=row[f"{vital.name}_poor"] / count,
    )
