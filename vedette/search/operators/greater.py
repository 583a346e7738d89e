"""`key:>value`: larger, or after."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows whose value is larger; none that lacks a value."""
    assert not isinstance(term.value, tuple)
    return target.compares(">", term.value)


OPERATOR = SearchOperator(
    symbol=">",
    opposite="<=",
    help="is larger, or later",
    example="timestamp:>2026-01-02",
    condition=condition,
)
