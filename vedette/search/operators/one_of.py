"""`key:[a, b]`: the value is one of these."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows with one of the values, each taken literally."""
    assert isinstance(term.value, tuple)
    return target.one_of(term.value)


OPERATOR = SearchOperator(
    symbol="IN",
    opposite="NOT IN",
    help="is one of these values",
    example="level:[error, fatal]",
    condition=condition,
    takes_list=True,
)
