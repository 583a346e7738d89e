"""A burst of errors is cut by spike protection."""

from __future__ import annotations

from vedette.rules.measures import Form, Measure

MEASURE = Measure(
    name="cut",
    help="spike protection cuts a burst of errors; it is over when no more is cut",
    form=Form.EDGE,
)
