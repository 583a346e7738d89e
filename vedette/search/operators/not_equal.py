"""`!key:value`: the value is not this, or there is none."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target, negated
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows without the value; the empty text finds rows that have any."""
    assert not isinstance(term.value, tuple)
    return negated(target.equals(term.value, is_wildcard=term.is_wildcard))


OPERATOR = SearchOperator(
    symbol="!=",
    opposite="=",
    help="is not this value, or has none",
    example="!level:error",
    condition=condition,
)
