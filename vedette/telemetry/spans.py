"""Short forms for asking the store about spans and transactions within a scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from vedette.explore.datasets import Dataset, dataset_named
from vedette.explore.fields import read_column
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import micros
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.access import store

IS_TRANSACTION = q.Compare(q.Field("is_segment"), "=", True)
IS_NAMED = q.Present(q.Field("transaction"))


def transactions() -> Dataset:
    """The dataset of what a service began with."""
    return dataset_named("transactions")


@cache
def figure(written: str) -> q.Expression:
    """An aggregate as people write it, over spans: `p95(span.duration)`. Raises BadQuery."""
    return read_column(written, dataset_named("spans")).expression


def ask_spans(
    scope: Scope,
    columns: dict[str, q.Expression],
    where: Sequence[q.Condition],
    *,
    period: Period | None = None,
    **rest: Any,
) -> list[dict[str, Any]]:
    """Rows of spans by column name, within the scope or another period. Raises StoreError.

    `rest` is what a question has besides: groups, order, limit.
    """
    within = period or scope.period
    environments: list[q.Condition] = []
    if scope.environments:
        environments.append(q.OneOf(q.Field("environment"), list(scope.environments)))
    select = q.Select(
        table=SPANS.name,
        projects=scope.visible,
        columns=columns,
        where=[*where, *environments],
        start=micros(within.start),
        end=micros(within.end),
        **rest,
    )
    return store().query(select).dicts()


def same(name: str, value: str | int | bool) -> q.Condition:
    """The condition that a column has this value."""
    return q.Compare(q.Field(name), "=", value)
