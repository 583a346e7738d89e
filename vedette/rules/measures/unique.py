"""How many different users, or values of a tag."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.searches import field
from vedette.rules.thresholds import Threshold
from vedette.store.query import Expression, Field


class Unique(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of what: `user`, or any key of a search; `table` is set by the rule's source."""

    of: Annotated[str, Meta(max_length=200)] = "user"
    table: str = "errors"


def members(options: Unique) -> Expression:
    """What is counted without repetition."""
    if options.of == "user":
        return Field("user_number")
    return field(options.of, options.table)


def judge(tally: Tally, options: Unique, threshold: Threshold, window: Window) -> Verdict:
    """The number of different members."""
    return Verdict(threshold.holds(tally.members), float(tally.members), tally.rows)


MEASURE = Measure(
    name="unique",
    help="how many different users are affected",
    form=Form.WINDOW,
    main="of",
    options=Unique,
    members=members,
    judge=judge,
)
