"""`!key:[a, b]`: the value is none of these, or there is none."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target, negated
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows with none of the values."""
    assert isinstance(term.value, tuple)
    return negated(target.one_of(term.value))


OPERATOR = SearchOperator(
    symbol="NOT IN",
    opposite="IN",
    help="is none of these values, or has none",
    example="!level:[error, fatal]",
    condition=condition,
    takes_list=True,
)
