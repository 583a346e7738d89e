"""`key:value`: the value is this, or fits a pattern with `*`."""

from __future__ import annotations

from vedette.search.operators import SearchOperator
from vedette.search.targets import Target
from vedette.search.tree import Term
from vedette.store.query import Condition


def condition(target: Target, term: Term) -> Condition:
    """Rows with the value; the empty text finds rows without one."""
    assert not isinstance(term.value, tuple)
    return target.equals(term.value, is_wildcard=term.is_wildcard)


OPERATOR = SearchOperator(
    symbol="=",
    opposite="!=",
    help="is this value; * stands for anything",
    example="level:error",
    condition=condition,
)
