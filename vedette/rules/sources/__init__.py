"""DRAWER: one file per source: what a rule is about.

A source is a module with one name, `SOURCE`, a `Source`:

- `name`: how rules write it; `help`: one line; `noun`: what one of them is called in messages;
- `table`: the table of the store whose rows are counted, and whose search keys filters use;
- `where`: which of its rows this source is about; all of them without it;
- `if_named`: types of events that a rule is about only if its filter names one of them;
- `measures`: which of the measures can be taken of it;
- `edges`: what the `edge` measure may wait for;
- `is_asked`: whether its numbers are asked of the store at each look, since rows change after
  they came; otherwise they are counted in the pipeline;
- `is_told`: the product says itself when it is so, by facts of its own: no row is counted;
- `has_filter`: whether a filter may narrow it;
- `untold_past`: why nobody can say what a rule about it would have done in the past;
- `keys`: what `per` may name besides any key of a search; `issue` is the issue of a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vedette.kinds import discover
from vedette.store.query import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The contract of a source; see the module's docstring."""

    name: str
    help: str
    noun: tuple[str, str]
    table: str
    where: Condition | None = None
    measures: tuple[str, ...]
    if_named: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    is_asked: bool = False
    is_told: bool = False
    has_filter: bool = True
    untold_past: str = ""


@cache
def sources() -> dict[str, Source]:
    """Every source by its name."""
    return {module.SOURCE.name: module.SOURCE for module in discover(__name__)}
