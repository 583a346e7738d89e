"""DRAWER: one file per reaction of the domain to what a batch of telemetry says.

A reaction is a module with one name, `REACTION`, a `Reaction`: the types of facts it answers,
its place in the order, and what it does. All reactions to one batch happen in one metadata
transaction, which also holds the spool position: everything or nothing. What a reaction
returns are further facts, which the reactions after it may answer (an issue that comes back
becomes a message to a person).

A reaction changes rows by their ids in ascending order, in statements for many rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from vedette.facts import Fact
from vedette.kinds import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """The contract of a reaction.

    - `order`: reactions run in ascending order;
    - `facts`: the types it answers; it is not called for a batch without any;
    - `react`: facts → further facts, within the transaction.
    """

    order: int
    facts: tuple[type[Fact], ...]
    react: Callable[[Sequence[Any]], Sequence[Fact]]


def answer(facts: Sequence[Fact]) -> None:
    """Let everything answer these facts, within the caller's transaction: of loops and people."""
    known = list(facts)
    for reaction in reactions() if known else ():
        mine = [fact for fact in known if isinstance(fact, reaction.facts)]
        if mine:
            known.extend(reaction.react(mine))


@cache
def reactions() -> tuple[Reaction, ...]:
    """Every reaction, in order."""
    found = [module.REACTION for module in discover(__name__)]
    return tuple(sorted(found, key=lambda reaction: reaction.order))
