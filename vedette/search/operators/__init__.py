"""DRAWER: one file per operator of a search term.

An operator is a module with one name, `OPERATOR`, a `SearchOperator`:

- `symbol`: how terms name it; an operator that takes one value is written so after the colon;
- `opposite`: the symbol that `!key:…` turns it into;
- `takes_list`: whether its values stand in brackets;
- `help`: one line for the completion list;
- `example`: a search of one term that uses it: its test;
- `condition`: what it asks of a target; no row is found by both an operator and its opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from vedette.kinds import discover
from vedette.search.targets import Target
from vedette.search.tree import Operator, Term
from vedette.store.query import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOperator:
    """The contract of an operator; see the module's docstring."""

    symbol: Operator
    opposite: Operator
    help: str
    example: str
    condition: Callable[[Target, Term], Condition]
    takes_list: bool = False


@cache
def operators() -> dict[str, SearchOperator]:
    """Every operator by its symbol."""
    found: dict[str, SearchOperator] = {}
    for module in discover(__name__):
        operator: SearchOperator = module.OPERATOR
        found[operator.symbol] = operator
    return found


@cache
def written_symbols() -> tuple[str, ...]:
    """The symbols that may stand before a value, longest first."""
    single = [one.symbol for one in operators().values() if not one.takes_list]
    return tuple(sorted(single, key=len, reverse=True))
