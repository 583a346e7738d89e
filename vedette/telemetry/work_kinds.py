"""A kind of work that the insights look at, and what its figures are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from vedette.store import query as q
from vedette.telemetry.spans import figure

TOOK = q.Field("duration")
WEIGHT = q.Field("weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """By what spans are counted together, and which of them are at all.

    `figures` take the place of the kind's own, where they are others when counted so.
    """

    by: q.Expression
    where: tuple[q.Condition, ...] = ()
    figures: dict[str, q.Expression] = field(default_factory=dict)

    def is_about(self, about: str) -> list[q.Condition]:
        """The condition on the spans of one group."""
        return [*self.where, q.Compare(self.by, "=", about)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of work that is looked at: the category of its spans, the ways in which they may
    be counted together, the first unless another is asked for, and what is worked out of each
    group. `under` is said of each group besides."""

    category: str
    ways: dict[str, Way]
    figures: dict[str, q.Expression]
    under: q.Expression = field(default_factory=lambda: q.Field("system"))

    def way(self, name: str = "") -> Way:
        """The way of this name, else the first."""
        return self.ways.get(name) or next(iter(self.ways.values()))

    def figures_by(self, way: str = "") -> dict[str, q.Expression]:
        """What is worked out of each group when counted in this way."""
        return {**self.figures, **self.way(way).figures}


def by_column(column: str) -> dict[str, Way]:
    """The one way to count by a column."""
    return {column: Way(by=q.Field(column))}


def common() -> dict[str, q.Expression]:
    """One percentile: each holds every duration, which of two weeks of queries is much."""
    return {
        "total": figure("sum(span.duration)"),
        "rate": figure("epm()"),
        "count": figure("count()"),
        "p95": figure("p95()"),
        "failures": figure("failure_rate()"),
        "callers": different("transaction"),
    }


def different(column: str) -> q.Expression:
    """How many different values, in a fifth of the time of counting exactly."""
    return q.call("approx_distinct", q.Field(column))


def counted(condition: q.Condition) -> q.Expression:
    """How many there were for which it holds; a sample counts for those it stands for."""
    chosen = q.Call("choose", [condition, WEIGHT, q.Constant(0.0)])
    return q.call("coalesce", q.call("sum", chosen), 0.0)


def chosen(condition: q.Condition, value: q.Expression) -> q.Expression:
    """The value where the condition holds, else none."""
    return q.Call("choose", [condition, value, q.Constant(None)])


def amount(*names: str) -> q.Expression:
    """The first of these attributes that is a number; none where it is below zero, as what
    clocks that differ or strangers say."""
    value = q.call("coalesce", *(q.Tag(name, is_number=True) for name in names))
    return chosen(q.Compare(value, ">=", 0), value)
