"""The state of something that is watched: it is down, degraded, or a run was missed."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.rules.measures import Form, Measure


class StateIs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which state."""

    to: Literal["down", "degraded", "missed"] = "down"


MEASURE = Measure(
    name="state",
    help="a monitor is down or degraded, a job was missed; it is over when it is well again",
    form=Form.EDGE,
    main="to",
    options=StateIs,
)
