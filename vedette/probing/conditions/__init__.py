"""Conditions on what a probe saw, in the text form that people write. Pure.

`compile_condition('$.status == "ok" and time < 1s')` gives a `Condition`, whose `judge` says of a
`Seen` whether it holds, and which clause decided with what was found there. It has at most
`MOST_OPERATIONS` operations and `MOST_GAS` steps, whatever is looked at. Patterns are matched in
linear time, within the `Budget` of what is seen.
"""

from __future__ import annotations

from vedette.probing.conditions.errors import BadCondition, Mismatch
from vedette.probing.conditions.patterns import Pattern
from vedette.probing.conditions.reading import (
    MOST_GAS,
    MOST_OPERATIONS,
    Condition,
    Measure,
    compile_condition,
    compile_measure,
)
from vedette.probing.conditions.seen import Budget, Seen
from vedette.probing.conditions.tree import Verdict

__all__ = [
    "MOST_GAS",
    "MOST_OPERATIONS",
    "BadCondition",
    "Budget",
    "Condition",
    "Measure",
    "Mismatch",
    "Pattern",
    "Seen",
    "Verdict",
    "compile_condition",
    "compile_measure",
]
