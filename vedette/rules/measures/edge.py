"""Something that happens once: an issue begins, comes back; any event at all."""

from __future__ import annotations

from typing import Literal

import msgspec

from vedette.rules.measures import Form, Measure


class Edge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens."""

    to: Literal["first_seen", "regressed", "escalating", "any"] = "first_seen"


MEASURE = Measure(
    name="edge",
    help="an issue begins or comes back, or any event at all",
    form=Form.EDGE,
    main="to",
    options=Edge,
)
