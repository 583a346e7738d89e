"""`key:>=value`: at least, or since."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows whose value is at least this; none that lacks a value."""
    assert not isinstance(term.value, tuple)
    return target.compares(">=", term.value)


OPERATOR = SearchOperator(
    symbol=">=",
    opposite="<",
    help="is at least, or since",
    example="timestamp:>=2026-01-02",
    condition=condition,
)
