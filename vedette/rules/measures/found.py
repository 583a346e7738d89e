"""An audit finds something new that is at least so urgent."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.rules.measures import Form, Measure


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which severity on."""

    at_least: Literal["routine", "important", "urgent"] = "urgent"


MEASURE = Measure(
    name="found",
    help="an audit finds what none before found; it is over when that is fixed or accepted",
    form=Form.EDGE,
    main="at_least",
    options=Found,
)
