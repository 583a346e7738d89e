"""What sets some of many apart: values that are more frequent among them than among the rest.

Source of the test: the two-proportion z-test with Bonferroni's bound on how many values are
compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import NormalDist
from typing import Final, NamedTuple

CHANCE: Final = 0.01
LEAST_SLOW: Final = 5  # of the chosen ones that have the value
LEAST_DIFFERENCE: Final = 0.05  # of the shares


class Value(NamedTuple):
    """How many of all, and of the chosen, have a value of a key."""

    key: str
    value: str
    all: int
    chosen: int


class Contrast(NamedTuple):
    """A value that is more frequent among the chosen; shares are from 0 to 1."""

    key: str
    value: str
    chosen: int
    share_of_chosen: float
    share_of_rest: float

    @property
    def difference(self) -> float:
        """How much more frequent it is."""
        return self.share_of_chosen - self.share_of_rest


def contrasts(values: Iterable[Value], *, all_: int, chosen: int) -> list[Contrast]:
    """The values that set the chosen apart from the others, the clearest first.

    `all_` rows were counted, of which `chosen` are the chosen ones. A value that chance may
    explain, that few have, or that is hardly more frequent, is left out.
    """
    held, rest = list(values), all_ - chosen
    if not held or chosen < LEAST_SLOW or rest < LEAST_SLOW:
        return []
    limit = NormalDist().inv_cdf(1 - CHANCE / len(held))
    found = []
    for one in held:
        of_chosen, of_rest = one.chosen / chosen, (one.all - one.chosen) / rest
        made = Contrast(one.key, one.value, one.chosen, of_chosen, of_rest)
        if one.chosen < LEAST_SLOW or made.difference < LEAST_DIFFERENCE:
            continue
        common = one.all / all_
        error = (common * (1 - common) * (1 / chosen + 1 / rest)) ** 0.5
        if error and made.difference / error > limit:
            found.append(made)
    return sorted(found, key=lambda one: (-one.difference, one.key, one.value))
