"""How much of a budget is used: told at each of some shares, once in its period."""

from __future__ import annotations

import msgspec

from vedette.rules.measures import Form, Measure

_MOST = 10


class Used(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At which shares, in percent."""

    at: str = "50, 80, 95, 100"

    def __post_init__(self) -> None:
        if not 0 < len(self.shares) <= _MOST or not all(0 < one <= 100 for one in self.shares):
            raise ValueError("at is percents from 1 to 100: 50, 80, 95, 100")

    @property
    def shares(self) -> tuple[int, ...]:
        """The shares in ascending order."""
        found = [one.strip().removesuffix("%").strip() for one in self.at.split(",")]
        return tuple(sorted({int(one) if one.isdecimal() else 0 for one in found}))


MEASURE = Measure(
    name="used",
    help="so much of a budget of a day or month is used; it is over with its period",
    form=Form.EDGE,
    main="at",
    options=Used,
)
